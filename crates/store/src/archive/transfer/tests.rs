//! What is compared, and what is refused before anything is written.

use std::collections::BTreeMap;

use super::super::Page;
use crate::rows::{CoinRow, DeploymentRow, UserRow};
use async_trait::async_trait;
use futures_util::{StreamExt, stream, stream::BoxStream};

use super::*;

/// A store that is a list of pages, and does what the test wants of it.
struct Shelf {
    pages: Vec<Page>,
    leases: Leases,
    audit: Audit,
    /// A server that was away comes back.
    is_shared: bool,
    /// Spoils what is written.
    spoil: fn(&mut Page),
    /// What is written breaks it.
    breaks: bool,
}

impl Default for Shelf {
    fn default() -> Self {
        let audit = Audit { totals: BTreeMap::new(), holders: 1, postings: 1, findings: Vec::new() };
        Self { pages: Vec::new(), leases: Leases::default(), audit, is_shared: false, spoil: |_| {}, breaks: false }
    }
}

#[async_trait]
impl Archive for Shelf {
    async fn leases(&mut self) -> Result<Leases, Fault> {
        Ok(self.leases)
    }

    fn pages(&mut self, table: Table) -> BoxStream<'_, Result<Page, Fault>> {
        let pages = self.pages.iter().filter(move |page| page.table() == table);
        stream::iter(pages.cloned().map(Ok)).boxed()
    }

    async fn write(&mut self, page: &Page) -> Result<(), Fault> {
        if self.breaks {
            return Err(Fault::internal("cannot write the rows"));
        }
        let mut page = page.clone();
        (self.spoil)(&mut page);
        self.pages.push(page);
        Ok(())
    }

    async fn unmark(&mut self) -> Result<(), Fault> {
        self.pages.retain(|page| page.table() != Table::Deployment);
        Ok(())
    }

    async fn audit(&mut self) -> Result<Audit, Fault> {
        Ok(self.audit.clone())
    }

    async fn is_alone(&mut self) -> Result<bool, Fault> {
        Ok(!self.is_shared)
    }

    async fn keep(self: Box<Self>) -> Result<(), Fault> {
        Ok(())
    }

    async fn leave(self: Box<Self>) {}
}

fn user(id: &str) -> UserRow {
    UserRow {
        id: id.to_owned(),
        is_active: true,
        takes_friend_requests: true,
        name: format!("{id} 🧧"),
        portrait_uri: String::new(),
    }
}

fn mark(kind: &str) -> Page {
    Page::Deployment(vec![DeploymentRow { kind: kind.to_owned() }])
}

fn full() -> Shelf {
    let coin = CoinRow { id: "CNY".to_owned(), scale: 2, min_amount: 1, max_amount: 9, takes_packets: true };
    let users = [Page::Users(vec![user("alice"), user("bob")]), Page::Users(vec![user("carol")])];
    let pages = [mark("demo"), Page::Coins(vec![coin])].into_iter().chain(users).collect();
    Shelf { pages, ..Shelf::default() }
}

async fn moving(source: &mut Shelf, target: &mut Shelf) -> Result<Moved, NotMoved> {
    transfer(source, target, &mut |_, _| {}).await
}

#[tokio::test]
async fn everything_is_copied_and_counted_and_the_mark_is_the_sources() {
    let (mut source, mut target) = (full(), Shelf { pages: vec![mark("real")], ..Shelf::default() });
    let mut told = Vec::new();

    let moved = transfer(&mut source, &mut target, &mut |table, rows| told.push((table, rows))).await.unwrap();

    assert_eq!(moved.tables.len(), Table::ALL.len());
    let filled: Vec<_> = moved.tables.iter().filter(|(_, rows)| *rows > 0).copied().collect();
    assert_eq!(filled, [(Table::Deployment, 1), (Table::Users, 3), (Table::Coins, 1)]);
    assert_eq!(told, [(Table::Deployment, 1), (Table::Users, 2), (Table::Users, 3), (Table::Coins, 1)]);
    for page in source.pages {
        assert!(target.pages.contains(&page), "{page:?}");
    }
    assert_eq!(target.pages.len(), 4);
}

#[tokio::test]
async fn what_is_in_progress_is_not_torn_from_its_server() {
    let leases = Leases { claiming: 2, ..Leases::default() };
    let mut target = Shelf::default();
    let refused = moving(&mut Shelf { leases, ..full() }, &mut target).await;
    assert!(matches!(refused, Err(NotMoved::InProgress(found)) if found == leases), "{refused:?}");
    assert!(target.pages.is_empty());
}

#[tokio::test]
async fn a_target_that_has_a_row_is_refused() {
    let mut target = Shelf { pages: vec![Page::Users(vec![user("dave")])], ..Shelf::default() };
    let refused = moving(&mut full(), &mut target).await;
    assert!(matches!(refused, Err(NotMoved::NotEmpty(Table::Users))), "{refused:?}");
    assert_eq!(target.pages.len(), 1);
}

#[tokio::test]
async fn a_source_whose_money_does_not_hold_is_refused() {
    let mut source = full();
    source.audit.findings.push(Finding::Orphans(1));
    let mut target = Shelf::default();
    let refused = moving(&mut source, &mut target).await;
    assert!(matches!(&refused, Err(NotMoved::Unsound(found)) if *found == [Finding::Orphans(1)]), "{refused:?}");
    assert!(target.pages.is_empty());
}

#[tokio::test]
async fn a_name_that_does_not_arrive_is_noticed() {
    let spoil = |page: &mut Page| {
        if let Page::Users(rows) = page {
            rows[0].name.pop();
        }
    };
    let refused = moving(&mut full(), &mut Shelf { spoil, ..Shelf::default() }).await;
    assert!(matches!(refused, Err(NotMoved::Differs(Table::Users))), "{refused:?}");
}

#[tokio::test]
async fn audits_that_differ_are_noticed() {
    let mut target = Shelf::default();
    target.audit.postings += 1;
    let refused = moving(&mut full(), &mut target).await;
    assert!(matches!(refused, Err(NotMoved::AuditsDiffer)), "{refused:?}");
}

#[tokio::test]
async fn a_source_on_which_a_server_turns_up_is_refused() {
    let refused = moving(&mut Shelf { is_shared: true, ..full() }, &mut Shelf::default()).await;
    assert!(matches!(refused, Err(NotMoved::InUse)), "{refused:?}");
}

#[tokio::test]
async fn a_store_that_breaks_is_told_with_the_table() {
    let refused = moving(&mut full(), &mut Shelf { breaks: true, ..Shelf::default() }).await;
    assert!(matches!(refused, Err(NotMoved::Broke(Step::Write(Table::Deployment), _))), "{refused:?}");
}
