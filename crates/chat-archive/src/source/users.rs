//! Whose conversations are to be taken along.

use std::collections::HashSet;

use crate::format::UserLine;

/// The prefixes of the raw ids of communication users, which go on with the GUID of their resource.
const PREFIXES: [&str; 3] = ["8:acs:", "8:dod-acs:", "8:gcch-acs:"];

/// A text is no list of users.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the list of users is not the raw id of a communication user (8:acs:…)")]
pub struct InvalidUsers {
    /// The line, from 1.
    pub line: usize,
}

/// Reads a list of users: a raw id in each line, and what people call the user after a space, if that is
/// known. Empty lines and those that begin with `#` are left out.
///
/// # Errors
/// When a line begins with something else.
pub fn read_users(text: &str) -> Result<Vec<UserLine>, InvalidUsers> {
    let mut users = Vec::new();
    let mut seen = HashSet::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim_start_matches('\u{feff}').trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (id, name) = match line.split_once(char::is_whitespace) {
            Some((id, name)) => (id, Some(name.trim().to_owned())),
            None => (line, None),
        };
        if resource_of(id).is_none() {
            return Err(InvalidUsers { line: index + 1 });
        }
        if seen.insert(id.to_owned()) {
            users.push(UserLine {
                id: id.to_owned(),
                name,
                deleted: false,
            });
        }
    }
    Ok(users)
}

/// The GUID of the resource of a communication user; nothing for any other raw id.
pub(crate) fn resource_of(raw_id: &str) -> Option<&str> {
    let rest = PREFIXES
        .iter()
        .find_map(|prefix| raw_id.strip_prefix(prefix))?;
    let (resource, user) = rest.split_once('_')?;
    // Three parts are a Teams user's phone extension, whose tokens come from elsewhere.
    let is_user = !resource.is_empty() && !user.is_empty() && !user.contains('_');
    is_user.then_some(resource)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_users_has_ids_names_and_comments() {
        let text =
            "\u{feff}# ours\n8:acs:r_alice Alice Example\n\n  8:acs:r_bob\t\n8:acs:r_alice again\n";
        let users = read_users(text).unwrap();
        let read: Vec<_> = users
            .iter()
            .map(|user| (user.id.as_str(), user.name.as_deref()))
            .collect();
        assert_eq!(
            read,
            [
                ("8:acs:r_alice", Some("Alice Example")),
                ("8:acs:r_bob", None)
            ]
        );
    }

    #[test]
    fn what_has_no_tokens_from_this_resource_is_refused_with_its_line() {
        for text in [
            "8:orgid:x",
            "alice",
            "8:acs:r",
            "8:acs:_x",
            "8:acs:r_t_u",
            "4:+1555",
        ] {
            let error = read_users(&format!("# one\n{text}")).unwrap_err();
            assert_eq!(error.line, 2, "{text}");
        }
    }
}
