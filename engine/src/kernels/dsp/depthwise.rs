pub use crate::kernels::plain::depthwise_conv2d;
