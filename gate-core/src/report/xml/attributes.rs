//! The attributes of one element, checked as they are read.

use std::borrow::Cow;

use quick_xml::{
    XmlVersion,
    events::{
        BytesStart,
        attributes::{AttrError, Attribute},
    },
};

use super::fault::{Fault, Outcome};
use crate::report::Limits;

/// One element's start, with the place and the limits that its problems need.
#[derive(Clone, Copy)]
pub(in crate::report) struct Element<'e> {
    pub(in crate::report) start: &'e BytesStart<'e>,
    pub(in crate::report) at: u64,
    pub(in crate::report) limits: &'e Limits,
}

impl<'e> Element<'e> {
    /// The attributes of these names, where they are there. No attribute may be there twice.
    pub(in crate::report) fn named<const N: usize>(
        self,
        names: [&str; N],
    ) -> Outcome<[Option<Attribute<'e>>; N]> {
        let mut found = [const { None }; N];
        let mut others = 0_usize;
        self.each(|attribute| {
            let mut slots = names.iter().zip(&mut found);
            match slots.find(|(name, _)| **name == attribute.key.0) {
                None => others += 1,
                Some((_, slot @ None)) => *slot = Some(attribute),
                Some((_, Some(_))) => return Err(self.fault(&AttrError::Duplicated(0, 0))),
            }
            Ok(())
        })?;
        if others > 1 {
            self.unique()?;
        }
        Ok(found)
    }

    /// Every attribute, in order, whose names are checked to differ.
    pub(in crate::report) fn all(self, read: impl FnMut(Attribute<'e>) -> Outcome) -> Outcome {
        self.each(read)?;
        self.unique()
    }

    /// Looks at the writing of the attributes only.
    pub(in crate::report) fn check(self) -> Outcome {
        self.each(|_| Ok(()))
    }

    /// The value of an attribute, its references resolved.
    pub(in crate::report) fn text(self, attribute: &Attribute<'e>) -> Outcome<Cow<'e, str>> {
        let is_plain = |byte| !matches!(byte, b'&' | b'\t' | b'\n' | b'\r');
        if let Cow::Borrowed(value) = attribute.value
            && value.bytes().all(is_plain)
        {
            return Ok(Cow::Borrowed(value));
        }
        let value = attribute.normalized_value(XmlVersion::Implicit1_0);
        value.map_err(|error| Fault::xml(self.at, error, false))
    }

    fn each(self, mut read: impl FnMut(Attribute<'e>) -> Outcome) -> Outcome {
        let mut attributes = self.start.attributes();
        for (index, attribute) in attributes.with_checks(false).enumerate() {
            if index >= self.limits.attributes {
                let most = self.limits.attributes;
                let what = format_args!("an element has more than {most} attributes");
                return Err(Fault::beyond(self.at, what));
            }
            read(attribute.map_err(|error| self.fault(&error))?)?;
        }
        Ok(())
    }

    fn unique(self) -> Outcome {
        match self.start.attributes().find_map(Result::err) {
            Some(error) => Err(self.fault(&error)),
            None => Ok(()),
        }
    }

    fn fault(self, error: &AttrError) -> Fault {
        Fault::attribute(self.at, error)
    }
}
