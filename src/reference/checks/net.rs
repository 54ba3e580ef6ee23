//! Addresses of networks.

use crate::detect::data;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The address, up to a `/` or `%`.
pub(super) fn address(span: &[u8]) -> Option<IpAddr> {
    let address = span.split(|byte| b"/%".contains(byte)).next()?;
    std::str::from_utf8(address).ok()?.parse().ok()
}

/// It lies in one of the networks.
pub(super) fn inside(span: &[u8], networks: &[&str], six: bool) -> bool {
    let Some(address) = address(span).filter(|a| a.is_ipv6() == six) else {
        return false;
    };
    networks.iter().any(|network| {
        let Some((network, bits)) = network.split_once('/') else {
            return false;
        };
        match (address, bits.parse::<u32>()) {
            (IpAddr::V4(address), Ok(bits)) => network.parse().is_ok_and(|network: Ipv4Addr| {
                let differs = address.to_bits() ^ network.to_bits();
                bits <= differs.leading_zeros()
            }),
            (IpAddr::V6(address), Ok(bits)) => network.parse().is_ok_and(|network: Ipv6Addr| {
                let differs = address.to_bits() ^ network.to_bits();
                bits <= differs.leading_zeros()
            }),
            _ => false,
        }
    })
}

/// IEEE 802: six pairs with `:` or `-`, three groups of four with `.`, or twelve digits; not all 0,
/// not all F.
pub(super) fn mac(span: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(span) else {
        return false;
    };
    let split = |sign, groups, len| {
        let parts: Vec<&str> = text.split(sign).collect();
        parts.len() == groups && parts.iter().all(|part| part.len() == len)
    };
    let grouped = split(':', 6, 2) || split('-', 6, 2) || split('.', 3, 4) || text.len() == 12;
    let digits: String = text.split([':', '-', '.']).collect();
    let right = digits.len() == 12 && digits.bytes().all(|b| b.is_ascii_hexdigit());
    let some = |c: char| digits.chars().any(|d| !d.eq_ignore_ascii_case(&c));
    grouped && right && some('0') && some('f')
}

/// The label behind the last dot is a top-level domain.
pub(super) fn tld(span: &[u8]) -> bool {
    let text = String::from_utf8_lossy(span).to_ascii_lowercase();
    text.rsplit_once('.')
        .is_some_and(|(_, label)| data::tlds().any(|known| known == label))
}
