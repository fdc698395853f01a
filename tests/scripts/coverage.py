"""Draws what a model gains by withholding the answers of which it is less confident.

    python3 tests/scripts/coverage.py out/clips.csv docs/images/coverage.svg

`clips.csv` is what `train` writes: a line a test clip, with its corpus, the right label, the blob's and its confidence. For each
corpus, clips are taken from the most confident on: percent right over percent answered, as `coverage` in metrics.json is by threshold.
"""

import csv
import sys

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 640, 360, 56, 150, 16, 48
COLOURS = ["#3d7dca", "#dd822f", "#2f9e8f", "#8c6bc4", "#c9453a"]
LEAST = 10  # answers that a share is told of


def curves(path):
    """Points of each corpus that has enough clips: percent answered, percent right."""
    judged = {}
    with open(path, newline="") as file:
        for line in csv.DictReader(file):
            answer = (float(line["confidence"]), line["label"] == line["predicted"])
            judged.setdefault(line["corpus"], []).append(answer)
    for corpus, answers in judged.items():
        answers.sort(key=lambda answer: -answer[0])
        points, right = [], 0
        for count, (confidence, is_right) in enumerate(answers, 1):
            right += is_right
            # Equal confidences are answered together.
            is_last = count == len(answers) or answers[count][0] < confidence
            if is_last and count >= LEAST:
                points.append((100 * count / len(answers), 100 * right / count))
        if points:
            yield corpus, len(answers), points


def draw(path):
    x = lambda percent: LEFT + (WIDTH - LEFT - RIGHT) * percent / 100
    y = lambda percent: HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * percent / 100
    text = lambda x, y, text, more="": f'<text x="{x:.0f}" y="{y:.0f}" {more}>{text}</text>'
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="13" fill="#80848c">']
    for percent in range(0, 101, 20):
        parts.append(f'<path d="M{LEFT} {y(percent):.1f}H{WIDTH - RIGHT}" stroke="#80848c" stroke-opacity="0.3"/>')
        parts.append(text(LEFT - 8, y(percent) + 4, f"{percent} %", 'text-anchor="end"'))
        parts.append(text(x(percent), HEIGHT - BOTTOM + 18, f"{percent} %", 'text-anchor="middle"'))
    parts.append(text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, "of the clips are answered", 'text-anchor="middle"'))
    parts.append(text(WIDTH - RIGHT + 12, TOP + 12, "right of these"))
    for row, ((corpus, count, points), colour) in enumerate(zip(curves(path), COLOURS)):
        line = "L".join(f"{x(answered):.1f} {y(right):.1f}" for answered, right in points)
        parts.append(f'<path d="M{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        key = TOP + 36 + 20 * row
        parts.append(f'<path d="M{WIDTH - RIGHT + 12} {key - 4}h16" stroke="{colour}" stroke-width="3"/>')
        parts.append(text(WIDTH - RIGHT + 34, key, f"{corpus} ({count})"))
    return "\n".join([*parts, "</svg>", ""])


if __name__ == "__main__":
    source, picture = sys.argv[1:]
    with open(picture, "w") as file:
        file.write(draw(source))
