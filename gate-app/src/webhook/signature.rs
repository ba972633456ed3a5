//! The proof that a body came from GitHub: HMAC-SHA256 over its raw bytes.

use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;

/// Whether `header` is the signature of `body` under one of the secrets. While a secret is being
/// replaced two are valid. Each is tried, and each comparison takes the same time wherever the
/// first difference stands.
pub(super) fn is_of(header: &[u8], body: &[u8], secrets: &[SecretString]) -> bool {
    let Some(signature) = header.strip_prefix(b"sha256=").and_then(bytes_of_hex) else {
        return false;
    };
    secrets.iter().fold(false, |found, secret| found | signed_by(secret, body, &signature))
}

fn signed_by(secret: &SecretString, body: &[u8], signature: &[u8; 32]) -> bool {
    // An empty secret would make every sender GitHub.
    let secret = secret.expose_secret().as_bytes();
    // HMAC takes keys of every length, so there is no error to tell.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else { return false };
    mac.update(body);
    mac.verify_slice(signature).is_ok() && !secret.is_empty()
}

/// 64 hexadecimal digits as 32 bytes.
fn bytes_of_hex(digits: &[u8]) -> Option<[u8; 32]> {
    let digits: &[u8; 64] = digits.try_into().ok()?;
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.as_chunks::<2>().0) {
        let [high, low] = pair.map(|digit| char::from(digit).to_digit(16));
        *byte = u8::try_from(high? << 4 | low?).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of GitHub's page "Validating webhook deliveries".
    const SECRET: &str = "It's a Secret to Everybody";
    const BODY: &[u8] = b"Hello, World!";
    const SIGNATURE: &[u8] =
        b"sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

    #[test]
    fn github_s_own_example_is_accepted() {
        assert!(is_of(SIGNATURE, BODY, &[SECRET.into()]));
    }

    #[test]
    fn any_of_two_secrets_is_enough_while_one_is_being_replaced() {
        assert!(is_of(SIGNATURE, BODY, &["the new one".into(), SECRET.into()]));
        assert!(is_of(SIGNATURE, BODY, &[SECRET.into(), "the old one".into()]));
        assert!(!is_of(SIGNATURE, BODY, &["the new one".into(), "the old one".into()]));
    }

    #[test]
    fn without_a_secret_nothing_is_signed() {
        let mut mac = Hmac::<Sha256>::new_from_slice(b"").unwrap();
        mac.update(BODY);
        let hex: String =
            mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        let by_nobody = format!("sha256={hex}");
        assert!(!is_of(by_nobody.as_bytes(), BODY, &["".into()]));
        assert!(!is_of(SIGNATURE, BODY, &[]));
    }

    #[test]
    fn what_is_no_signature_is_none() {
        let secrets = [SECRET.into()];
        let digits = SIGNATURE.strip_prefix(b"sha256=").unwrap();
        let sha1 = [b"sha1=", digits].concat();
        let longer = [SIGNATURE, b"0"].concat();
        let shorter = &SIGNATURE[..SIGNATURE.len() - 1];
        let no_digit = [&SIGNATURE[..SIGNATURE.len() - 1], b"g"].concat();
        for header in [b"", &b"sha256="[..], digits, &sha1, &longer, shorter, &no_digit] {
            assert!(!is_of(header, BODY, &secrets), "{}", String::from_utf8_lossy(header));
        }
    }
}
