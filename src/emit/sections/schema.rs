//! `riegel.schema`: how to write frames for this module.

use crate::manifest::Schema;

/// Name of the section.
pub const NAME: &str = "riegel.schema";

/// Its bytes.
pub fn section(schema: &Schema) -> Vec<u8> {
    super::json(schema)
}
