//! riegel
fn main() {}
