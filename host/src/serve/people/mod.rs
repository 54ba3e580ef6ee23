//! Who asks, and what they may do.
//!
//! A *principal* is a program with an API key or a person with a token of an identity provider.
//! What it may do is a list of grants: a role at one tenant, or at all of them (`*`).
//!
//! | role | may |
//! | --- | --- |
//! | `decide` | ask for decisions and approvals; fetch the module. For extensions, widgets, gateways |
//! | `viewer` | read counts, versions, the audit log, waiting approvals |
//! | `approver` | that, and decide approvals |
//! | `author` | read, and give new versions of the policy |
//! | `administrator` | all of it but approving; keys, erasure, roll-back |
//!
//! Approving is apart, so that whoever can change everything cannot also release content alone.

pub mod api_keys;
pub mod tokens;

use serde::{Deserialize, Serialize};

/// What somebody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Ask for decisions
    Decide,
    /// Read
    Viewer,
    /// Decide approvals
    Approver,
    /// Give new versions
    Author,
    /// Everything but approving
    Administrator,
}

impl Role {
    /// By its name.
    pub fn by_name(name: &str) -> Option<Self> {
        serde_json::from_value(serde_json::Value::String(name.to_owned())).ok()
    }

    /// Does it hold the other one?
    pub fn holds(self, other: Role) -> bool {
        use Role::{Administrator, Approver, Author, Decide, Viewer};
        match self {
            Administrator => other != Approver,
            Approver | Author => other == self || other == Viewer,
            Decide | Viewer => other == self,
        }
    }
}

/// A role at a tenant, or at all (`*`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// Tenant, or `*`.
    pub tenant: String,
    /// Role.
    pub role: Role,
    /// For an approver: approvals of this role of the policy alone, such as `legal`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
}

impl Grant {
    /// From `tenant:role` or `tenant:approver:ROLE`.
    pub fn parse(text: &str) -> Option<Self> {
        let (tenant, rest) = text.split_once(':')?;
        let (role, of) = match rest.split_once(':') {
            Some((role, of)) => (role, Some(of.to_owned())),
            None => (rest, None),
        };
        let grant = Grant {
            tenant: tenant.to_owned(),
            role: Role::by_name(role)?,
            of,
        };
        grant.is_sound().then_some(grant)
    }

    /// Can it hold at all?
    pub fn is_sound(&self) -> bool {
        let place = self.tenant == "*" || super::tenants::is_name(&self.tenant);
        place && (self.of.is_none() || self.role == Role::Approver)
    }
}

/// What stands where a person's name stood, after the person was erased.
pub const ERASED: &str = "erased";

/// How a name is compared: without the blanks around it, in small letters.
pub fn alike(name: &str) -> String {
    name.trim().to_lowercase()
}

/// The person in the name of a principal, which is an issuer and the person: `https://login anna`.
pub fn person_in(name: &str) -> Option<&str> {
    let (issuer, person) = name.split_once(' ')?;
    (issuer != "key" && issuer != "this").then_some(person)
}

/// Somebody who was recognised.
#[derive(Clone, Debug)]
pub struct Principal {
    /// A name for the log: `key ab12…`, or the provider's subject.
    pub name: String,
    /// The person, where it is one: what the provider's claim for it says.
    pub person: Option<String>,
    /// What it may do.
    pub grants: Vec<Grant>,
    /// Who made the key through the API, and so has held it in hand.
    pub maker: Option<String>,
}

impl Principal {
    /// A program on this machine, where that is allowed: it may ask for decisions.
    pub fn local() -> Self {
        Principal {
            name: "this machine".to_owned(),
            person: None,
            grants: vec![Grant {
                tenant: "*".to_owned(),
                role: Role::Decide,
                of: None,
            }],
            maker: None,
        }
    }

    /// Who it is where two persons are asked for: a key counts as whoever made it.
    pub fn root(&self) -> &str {
        self.maker.as_deref().unwrap_or(&self.name)
    }

    /// Whom records are about where it acts: the person, or the key.
    pub fn subject(&self) -> &str {
        self.person.as_deref().unwrap_or(&self.name)
    }

    /// Who it is among those who decide: a person once, with whatever token or key.
    pub fn one(&self) -> &str {
        let person = self.person.as_deref().or_else(|| person_in(self.root()));
        person.unwrap_or_else(|| self.root())
    }

    /// Everything it is called.
    pub fn names(&self) -> [&str; 4] {
        [&self.name, self.root(), self.subject(), self.one()]
    }

    /// Does this name mean it too? Who was erased may be anybody.
    pub fn may_be(&self, name: &str) -> bool {
        let named = |name: &str| self.names().iter().any(|own| alike(own) == alike(name));
        name == ERASED || named(name) || person_in(name).is_some_and(named)
    }

    /// May it give this right to a key? Nobody gives what they do not have: least of all approving,
    /// which an administrator has not.
    pub fn may_give(&self, grant: &Grant) -> bool {
        let governs = match grant.tenant.as_str() {
            "*" => self.may_everywhere(Role::Administrator),
            tenant => self.may(tenant, Role::Administrator),
        };
        let approves = self.grants.iter().any(|own| {
            own.role == Role::Approver
                && (own.tenant == "*" || own.tenant == grant.tenant)
                && (own.of.is_none() || own.of == grant.of)
        });
        governs && (grant.role != Role::Approver || approves)
    }

    /// Is it a program on this machine, without a key?
    pub fn is_local(&self) -> bool {
        self.name == Principal::local().name
    }

    /// May it do this at the tenant?
    pub fn may(&self, tenant: &str, role: Role) -> bool {
        self.grants
            .iter()
            .any(|grant| (grant.tenant == "*" || grant.tenant == tenant) && grant.role.holds(role))
    }

    /// May it approve for this role of the policy?
    pub fn may_approve(&self, tenant: &str, of: &str) -> bool {
        self.grants.iter().any(|grant| {
            (grant.tenant == "*" || grant.tenant == tenant)
                && grant.role == Role::Approver
                && grant.of.as_deref().is_none_or(|only| only == of)
        })
    }

    /// May it do this everywhere?
    pub fn may_everywhere(&self, role: Role) -> bool {
        self.grants
            .iter()
            .any(|grant| grant.tenant == "*" && grant.role.holds(role))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_one_with_whatever_they_come() {
        let who = |name: &str, person: Option<&str>, maker: Option<&str>| Principal {
            name: name.to_owned(),
            person: person.map(str::to_owned),
            grants: Vec::new(),
            maker: maker.map(str::to_owned),
        };
        let token = who("https://login Anna Schmidt", Some("Anna Schmidt"), None);
        let key = who("key 0a1b", None, Some("https://login Anna Schmidt"));
        for one in [&token, &key] {
            assert_eq!(one.one(), "Anna Schmidt");
            for name in [
                "https://login Anna Schmidt",
                "https://other anna schmidt",
                " anna schmidt",
                ERASED,
            ] {
                assert!(one.may_be(name), "{name}");
            }
            for name in ["Schmidt", "key 0a1c", "https://login Anna"] {
                assert!(!one.may_be(name), "{name}");
            }
        }
        assert_eq!(who("key 0a1b", None, None).one(), "key 0a1b");
    }

    #[test]
    fn a_grant_holds_where_it_was_given() {
        let grants = ["a:administrator", "b:viewer"].iter();
        let who = Principal {
            name: String::new(),
            person: None,
            grants: grants.filter_map(|text| Grant::parse(text)).collect(),
            maker: None,
        };
        assert!(who.may("a", Role::Author) && who.may("a", Role::Decide));
        assert!(!who.may("a", Role::Approver));
        assert!(who.may("b", Role::Viewer) && !who.may("b", Role::Decide));
        assert!(!who.may("c", Role::Viewer) && !who.may_everywhere(Role::Viewer));
        let gives = |text: &str| Grant::parse(text).is_some_and(|grant| who.may_give(&grant));
        assert!(gives("a:author") && gives("a:administrator"));
        for text in ["a:approver", "a:approver:legal", "b:viewer", "*:viewer"] {
            assert!(!gives(text), "{text}");
        }
        for text in [
            "a",
            "a:king",
            "../x:viewer",
            ":viewer",
            "**:viewer",
            "a:viewer:legal",
        ] {
            assert_eq!(Grant::parse(text), None, "{text}");
        }
    }
}
