//! The documents lead nowhere astray: every relative link, picture and named path is there, and the book has every
//! page.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result, ensure};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use walkdir::WalkDir;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
const BOOK: &str = "docs";

/// What a page refers to, and what of it can be referred to.
#[derive(Default)]
struct Page {
    /// Where its links and pictures lead.
    links: Vec<String>,
    /// Its inline code.
    code: Vec<String>,
    /// Its headings' anchors.
    anchors: BTreeSet<String>,
}

impl Page {
    fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
        Ok(Self::parse(&text))
    }

    fn parse(text: &str) -> Self {
        let mut page = Self::default();
        let mut heading: Option<String> = None;
        for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
            match event {
                Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
                Event::End(TagEnd::Heading(_)) => page.add_anchor(&heading.take().unwrap_or_default()),
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    page.links.push(dest_url.into_string());
                }
                Event::Text(text) => heading.iter_mut().for_each(|heading| heading.push_str(&text)),
                Event::Code(code) => {
                    heading.iter_mut().for_each(|heading| heading.push_str(&code));
                    page.code.push(code.into_string());
                }
                _ => (),
            }
        }
        page
    }

    /// GitHub's rules: lower case, no punctuation, hyphens for blanks, and a number behind what is there already.
    fn add_anchor(&mut self, heading: &str) {
        let is_kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
        let kept = heading.to_lowercase().chars().filter(is_kept).collect::<String>();
        let anchor = kept.replace(' ', "-");
        let numbered = (1..).map(|number| format!("{anchor}-{number}"));
        let free = std::iter::once(anchor.clone()).chain(numbered).find(|name| !self.anchors.contains(name));
        self.anchors.extend(free);
    }
}

/// The documents that a reader opens, by their paths from the repository's root.
fn documents() -> Result<Vec<PathBuf>> {
    let mut documents = [
        "README.md",
        "CHANGELOG.md",
        "SECURITY.md",
        "engine/README.md",
        "host-trainer/README.md",
        "host-trainer/whole-file/README.md",
    ]
    .map(PathBuf::from)
    .to_vec();
    documents.extend(pages()?);
    Ok(documents)
}

/// The book's pages, its table of contents among them.
fn pages() -> Result<Vec<PathBuf>> {
    let mut pages = Vec::new();
    for entry in WalkDir::new(Path::new(ROOT).join(BOOK)).sort_by_file_name() {
        let path = entry?.into_path();
        if path.extension().is_some_and(|extension| extension == "md") {
            pages.push(path.strip_prefix(ROOT)?.to_owned());
        }
    }
    Ok(pages)
}

/// What a link of a document leads to: nothing of one that leaves the repository, else a path and an anchor.
fn target<'l>(document: &Path, link: &'l str) -> Option<(PathBuf, Option<&'l str>)> {
    if link.contains("://") || link.starts_with("mailto:") {
        return None;
    }
    let (path, anchor) = link.split_once('#').map_or((link, None), |(path, anchor)| (path, Some(anchor)));
    let folder = document.parent().unwrap_or(Path::new(""));
    Some((if path.is_empty() { document.to_owned() } else { folder.join(path) }, anchor))
}

/// A path without its `..`.
fn normal(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut normal, part| {
        if part == Component::ParentDir {
            normal.pop();
        } else {
            normal.push(part);
        }
        normal
    })
}

fn leads_somewhere(document: &Path, link: &str) -> Result<bool> {
    let Some((path, anchor)) = target(document, link) else { return Ok(true) };
    let path = Path::new(ROOT).join(path);
    let Some(anchor) = anchor.filter(|_| path.exists()) else { return Ok(path.exists()) };
    Ok(Page::read(&path)?.anchors.contains(anchor))
}

/// Whether inline code is a path of the repository, and not one with a part in capitals to be filled in.
fn is_path(code: &str) -> bool {
    const FOLDERS: [&str; 6] = [".ci/", "docs/", "engine/", "firmware-sim/", "host-trainer/", "tests/"];
    let is_placeholder = |part: &str| part.len() > 1 && part.chars().all(|c| c.is_ascii_uppercase());
    FOLDERS.iter().any(|folder| code.starts_with(folder))
        && code.chars().all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c))
        && !code.split(['/', '.']).any(is_placeholder)
}

#[test]
fn every_link_leads_to_a_file_and_a_heading() -> Result<()> {
    let mut astray = Vec::new();
    for document in documents()? {
        for link in Page::read(&Path::new(ROOT).join(&document))?.links {
            if !leads_somewhere(&document, &link)? {
                astray.push(format!("{}: {link}", document.display()));
            }
        }
    }
    ensure!(astray.is_empty(), "these links lead nowhere:\n{}", astray.join("\n"));
    Ok(())
}

/// Rendered, the book has no more than its own folder.
#[test]
fn the_book_s_links_stay_within_it() -> Result<()> {
    let mut astray = Vec::new();
    for page in pages()? {
        for link in Page::read(&Path::new(ROOT).join(&page))?.links {
            let Some((path, _)) = target(&page, &link) else { continue };
            if !normal(&path).starts_with(BOOK) {
                astray.push(format!("{}: {link}", page.display()));
            }
        }
    }
    ensure!(astray.is_empty(), "these links leave the book; name the path instead:\n{}", astray.join("\n"));
    Ok(())
}

#[test]
fn every_path_that_a_document_names_is_there() -> Result<()> {
    let mut missing = Vec::new();
    for document in documents()? {
        for code in Page::read(&Path::new(ROOT).join(&document))?.code {
            if is_path(&code) && !Path::new(ROOT).join(&code).exists() {
                missing.push(format!("{}: {code}", document.display()));
            }
        }
    }
    ensure!(missing.is_empty(), "there are no such files:\n{}", missing.join("\n"));
    Ok(())
}

#[test]
fn the_table_of_contents_has_every_page_once() -> Result<()> {
    let contents = Path::new(BOOK).join("SUMMARY.md");
    let links = Page::read(&Path::new(ROOT).join(&contents))?.links;
    let mut listed: Vec<PathBuf> = links.iter().filter_map(|link| Some(target(&contents, link)?.0)).collect();
    listed.sort();
    let mut pages = pages()?;
    pages.retain(|page| *page != contents);
    pages.sort();
    assert_eq!(listed, pages);
    Ok(())
}

/// As GitHub shows them.
#[test]
fn anchors_are_github_s() {
    let text = "# A blob, byte by byte\n\n## What a model can't do\n\n## What a model can't do\n\n# `no_std` & 3 x 3\n";
    let anchors = ["a-blob-byte-by-byte", "what-a-model-cant-do", "what-a-model-cant-do-1", "no_std--3-x-3"];
    assert_eq!(Page::parse(text).anchors, anchors.map(str::to_owned).into());
}

#[test]
fn paths_are_told_from_other_code() {
    for path in ["engine/src/lib.rs", "tests/run", "docs/images"] {
        assert!(is_path(path), "{path}");
    }
    for code in [
        "engine::Model",
        "out/report.html",
        "engine/c/build TARGET",
        "firmware-sim/memory/BOARD.x",
        "docs/*.md",
    ] {
        assert!(!is_path(code), "{code}");
    }
}
