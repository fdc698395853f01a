use embassy_futures::join::join;
use embassy_usb::class::cdc_acm::{CdcAcmClass, Sender, State};
use embassy_usb::driver::{Driver, EndpointError};
use embassy_usb::{Builder, Config};
use engine::listen::{Conditioner, Gain, Word};
use packet::{HEADER_BYTES, Header};
use static_cell::StaticCell;

use crate::{BLOCK, Microphone};

/// Bytes of a packet of USB at full speed.
const USB_PACKET: usize = 64;

/// For tests (<https://pid.codes/1209/0001>): a product needs numbers of its own.
const VENDOR_AND_PRODUCT: (u16, u16) = (0x1209, 0x0001);

/// Sends what the microphone hears to the PC for ever, in [packets](packet), by a serial port over USB. It is what the
/// listener hears with the same gain: without offset, as i16, at the microphone's own rate. While no program has opened
/// the port, nothing is sent.
pub async fn record<W: Word>(
    mut microphone: Microphone<W>,
    gain: Gain,
    driver: impl Driver<'static> + 'static,
) -> ! {
    let (mut usb, mut port) = serial_port(driver);
    let mut conditioner = Conditioner::new(microphone.sample_rate(), gain);
    let send = async {
        loop {
            port.wait_connection().await;
            // Until the PC goes away.
            while send_block(&mut port, &mut microphone, &mut conditioner).await.is_ok() {}
        }
    };
    join(usb.run(), send).await.0
}

async fn send_block<'d, W: Word>(
    port: &mut Sender<'d, impl Driver<'d>>,
    microphone: &mut Microphone<W>,
    conditioner: &mut Conditioner,
) -> Result<(), EndpointError> {
    let sample_rate = microphone.sample_rate();
    let mut bytes = [0; HEADER_BYTES + 2 * BLOCK];
    microphone
        .next(|words, lost_blocks| {
            let header = Header { sample_rate, lost_blocks, samples: BLOCK as u32 };
            let (head, body) = bytes.split_at_mut(HEADER_BYTES);
            head.copy_from_slice(&header.to_bytes());
            for (place, word) in body.as_chunks_mut::<2>().0.iter_mut().zip(words) {
                *place = conditioner.condition(word).to_le_bytes();
            }
        })
        .await;
    if !port.dtr() {
        return Ok(());
    }
    for packet in bytes.chunks(USB_PACKET) {
        port.write_packet(packet).await?;
    }
    Ok(())
}

fn serial_port<D: Driver<'static> + 'static>(
    driver: D,
) -> (embassy_usb::UsbDevice<'static, D>, Sender<'static, D>) {
    static STATE: StaticCell<State<'static>> = StaticCell::new();
    static CONFIGURATION: StaticCell<[u8; 128]> = StaticCell::new();
    static CONTROL: StaticCell<[u8; 64]> = StaticCell::new();

    let (vendor, product) = VENDOR_AND_PRODUCT;
    let mut config = Config::new(vendor, product);
    config.product = Some("Emotion from speech: microphone");
    let mut builder =
        Builder::new(driver, config, CONFIGURATION.init([0; 128]), &mut [], &mut [], CONTROL.init([0; 64]));
    let class = CdcAcmClass::new(&mut builder, STATE.init(State::new()), USB_PACKET as u16);
    let (sender, _) = class.split();
    (builder.build(), sender)
}
