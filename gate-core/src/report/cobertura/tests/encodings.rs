//! Bytes of every encoding, truly and falsely declared.

use super::*;

const XML: &str = r#"<coverage><packages><class filename="ä.py"><lines><line number="1" hits="1"/></lines></class></packages></coverage>"#;

fn declared(encoding: &str) -> String {
    format!(r#"<?xml version="1.0" encoding="{encoding}"?>{XML}"#)
}

fn read_codes(bytes: &[u8]) -> (Vec<String>, Vec<(NoteCode, String)>) {
    let report = read_bytes(bytes, &options()).unwrap();
    let notes = report.notes.iter().map(|note| (note.code, note.message.to_string())).collect();
    (says(&report), notes)
}

fn utf_16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    format!("\u{feff}{text}").encode_utf16().flat_map(bytes).collect()
}

#[test]
fn utf_8_with_and_without_a_mark() {
    for text in [XML.to_owned(), format!("\u{feff}{XML}"), declared("utf-8"), declared("UTF-8")] {
        assert_eq!(read_codes(text.as_bytes()), (vec!["ä.py 1:1".to_owned()], vec![]));
    }
    assert!(refusal(&format!("\u{feff}\u{feff}{XML}")).ends_with("a second byte order mark"));
}

#[test]
fn utf_16_with_a_mark() {
    for text in [XML.to_owned(), declared("utf-16")] {
        for bytes in [utf_16(&text, u16::to_le_bytes), utf_16(&text, u16::to_be_bytes)] {
            assert_eq!(read_codes(&bytes), (vec!["ä.py 1:1".to_owned()], vec![]));
            let cut = &bytes[..bytes.len() - 1];
            assert!(read_bytes(cut, &options()).unwrap_err().to_string().contains("cut off"));
        }
    }
    let unpaired = [utf_16(XML, u16::to_le_bytes), vec![0, 0xd8]].concat();
    let error = read_bytes(&unpaired, &options()).unwrap_err();
    assert_eq!(error.to_string(), "the report is not valid UTF-16 text");
}

#[test]
fn a_false_declaration_is_noted() {
    let message = "the report says it is in utf-16 and is in UTF-8".to_owned();
    assert_eq!(
        read_codes(declared("utf-16").as_bytes()),
        (vec!["ä.py 1:1".to_owned()], vec![(NoteCode::FalseEncoding, message)])
    );
    let message = "the report says it is in ISO-8859-1 and is in UTF-8".to_owned();
    assert_eq!(
        read_codes(declared("ISO-8859-1").as_bytes()),
        (vec!["ä.py 1:1".to_owned()], vec![(NoteCode::FalseEncoding, message)])
    );
    let message = "the report says it is in utf-8 and is in UTF-16".to_owned();
    assert_eq!(
        read_codes(&utf_16(&declared("utf-8"), u16::to_le_bytes)),
        (vec!["ä.py 1:1".to_owned()], vec![(NoteCode::FalseEncoding, message)])
    );
}

#[test]
fn one_byte_encodings_need_their_declaration() {
    let one_byte = |text: &str| -> Vec<u8> {
        text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect()
    };
    for encoding in ["ISO-8859-1", "windows-1252"] {
        let said = read_codes(&one_byte(&declared(encoding)));
        assert_eq!(said, (vec!["ä.py 1:1".to_owned()], vec![]));
    }
    for text in [XML.to_owned(), declared("utf-8"), declared("shift_jis")] {
        let error = read_bytes(&one_byte(&text), &options()).unwrap_err();
        assert!(error.to_string().ends_with("the report is not valid UTF-8 text"), "{error}");
    }
}
