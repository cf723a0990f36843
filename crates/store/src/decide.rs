//! A batch between a database and the book: rows in, rows out.

use std::collections::BTreeMap;

use hongbao_domain::{
    id::{GroupId, TransferId},
    red_packet::Packet,
    store::{Batch, Book, Changes, Loaded, Outcome, Written},
    time::Timestamp,
};
use hongbao_ports::Fault;

use crate::rows::{
    AccountRow, AdminTokenRow, BlockRow, ClaimRow, CoinRow, DeliveryRow, DeploymentRow, EndpointRow, FriendshipRow,
    GroupRow, ImAccountRow, MembershipRow, MovementRow, OperationRow, PacketRow, Page, PostingRow, RequestRow,
    SessionRow, ShareRow, Unreadable, UserRow,
};

/// The rows that were found of what a batch names.
#[derive(Debug, Default)]
pub struct Found {
    /// Users.
    pub users: Vec<UserRow>,
    /// Requests under a key.
    pub requests: Vec<RequestRow>,
    /// Sessions.
    pub sessions: Vec<SessionRow>,
    /// Friendships.
    pub friendships: Vec<FriendshipRow>,
    /// Blocks.
    pub blocks: Vec<BlockRow>,
    /// Accounts at the IM cloud.
    pub im_accounts: Vec<ImAccountRow>,
    /// Groups, locked or not.
    pub groups: Vec<GroupRow>,
    /// Memberships.
    pub memberships: Vec<MembershipRow>,
    /// Coins.
    pub coins: Vec<CoinRow>,
    /// Accounts.
    pub accounts: Vec<AccountRow>,
    /// Packets.
    pub packets: Vec<PacketRow>,
    /// Shares of the packets, by packet and number.
    pub shares: Vec<ShareRow>,
    /// Claims of the packets, by packet and taker.
    pub claims: Vec<ClaimRow>,
    /// Deposits and withdrawals.
    pub movements: Vec<MovementRow>,
    /// What the outside is told.
    pub outbox: Vec<DeliveryRow>,
    /// Endpoints of the app's backend.
    pub endpoints: Vec<EndpointRow>,
    /// Tokens of administrators.
    pub admin_tokens: Vec<AdminTokenRow>,
    /// What administrators asked for.
    pub operations: Vec<OperationRow>,
    /// Users and how many friends each has.
    pub friend_counts: Vec<(String, i64)>,
    /// Groups and how many members each has.
    pub member_counts: Vec<(u128, i64)>,
}

/// What has to be written. Each list is in the order of its keys.
#[derive(Debug, Default)]
pub struct Writes {
    /// What the store is for: no batch writes it, but an archive does.
    pub deployment: Vec<DeploymentRow>,
    /// Users.
    pub users: Written<UserRow>,
    /// Requests under a key.
    pub requests: Written<RequestRow>,
    /// Sessions.
    pub sessions: Written<SessionRow>,
    /// Friendships.
    pub friendships: Written<FriendshipRow>,
    /// Blocks.
    pub blocks: Written<BlockRow>,
    /// Accounts at the IM cloud.
    pub im_accounts: Written<ImAccountRow>,
    /// Groups.
    pub groups: Written<GroupRow>,
    /// Memberships.
    pub memberships: Written<MembershipRow>,
    /// Coins.
    pub coins: Written<CoinRow>,
    /// Accounts.
    pub accounts: Written<AccountRow>,
    /// Packets.
    pub packets: Written<PacketRow>,
    /// Shares. Their guard is that of their packet, whose version goes up with each change of a share.
    pub shares: Written<ShareRow>,
    /// Claims.
    pub claims: Written<ClaimRow>,
    /// Deposits and withdrawals, all of them new.
    pub movements: Vec<MovementRow>,
    /// What the outside is told.
    pub outbox: Written<DeliveryRow>,
    /// Endpoints of the app's backend.
    pub endpoints: Written<EndpointRow>,
    /// Tokens of administrators.
    pub admin_tokens: Written<AdminTokenRow>,
    /// What administrators asked for.
    pub operations: Written<OperationRow>,
    /// New lines of the journal.
    pub postings: Vec<PostingRow>,
}

/// Lets the book decide a batch on what was found, at a time read after the rows were locked. Gives what is to be written, or
/// nothing where the batch is not to be committed.
///
/// A repeat changes nothing, and yet says that it is done, or how its request was answered. So it is committed as well: what is read after a crash may not
/// have reached the disk or a standby yet, and only a commit waits for that.
pub fn decide(batch: &Batch, found: Found, now: Timestamp) -> Result<(Vec<Outcome>, Option<Writes>), Fault> {
    let mut book = Book::open(found.load()?, now).telling(batch.audience().clone());
    let outcomes: Vec<_> = batch.iter().map(|command| book.apply(command)).collect();
    #[cfg(feature = "planted-defects")]
    crate::early::answer(&outcomes);
    let changes = book.into_changes();
    let is_to_commit = !changes.is_empty() || outcomes.iter().any(Outcome::must_be_durable);
    Ok((outcomes, is_to_commit.then(|| Writes::of(&changes))))
}

/// Reads rows.
pub fn read<R, T: TryFrom<R, Error = Unreadable>>(rows: Vec<R>) -> Result<Vec<T>, Unreadable> {
    rows.into_iter().map(T::try_from).collect()
}

/// Reads packets with their shares and claims, in the order of their ids.
pub fn read_packets(
    packets: Vec<PacketRow>,
    shares: Vec<ShareRow>,
    claims: Vec<ClaimRow>,
) -> Result<Vec<Packet>, Unreadable> {
    let mut found: BTreeMap<TransferId, Packet> = BTreeMap::new();
    for row in packets {
        found.insert(TransferId::from_u128(row.id), row.try_into()?);
    }
    let astray = Unreadable("a share or claim without its packet");
    for share in shares {
        let packet = found.get_mut(&TransferId::from_u128(share.packet_id)).ok_or(astray)?;
        packet.shares.push(share.try_into()?);
    }
    for claim in claims {
        let packet = found.get_mut(&TransferId::from_u128(claim.packet_id)).ok_or(astray)?;
        packet.claims.push(claim.try_into()?);
    }
    Ok(found.into_values().collect())
}

impl Found {
    fn load(self) -> Result<Loaded, Unreadable> {
        let count = |count| u64::try_from(count).map_err(|_| Unreadable("a count"));
        let friends =
            |(user, friends): (String, i64)| Ok((user.parse().map_err(|_| Unreadable("a user id"))?, count(friends)?));
        Ok(Loaded {
            users: read(self.users)?,
            requests: read(self.requests)?,
            sessions: read(self.sessions)?,
            friendships: read(self.friendships)?,
            blocks: read(self.blocks)?,
            im_accounts: read(self.im_accounts)?,
            groups: read(self.groups)?,
            memberships: read(self.memberships)?,
            coins: read(self.coins)?,
            accounts: read(self.accounts)?,
            packets: read_packets(self.packets, self.shares, self.claims)?,
            movements: read(self.movements)?,
            outbox: read(self.outbox)?,
            endpoints: read(self.endpoints)?,
            admin_tokens: read(self.admin_tokens)?,
            operations: read(self.operations)?,
            friend_counts: self.friend_counts.into_iter().map(friends).collect::<Result<_, _>>()?,
            member_counts: {
                let members = self.member_counts.into_iter();
                members.map(|(id, members)| Ok((GroupId::from_u128(id), count(members)?))).collect::<Result<_, _>>()?
            },
        })
    }
}

impl Writes {
    fn of(changes: &Changes) -> Self {
        let (shares, claims) = (changes.packets.shares(), changes.packets.claims());
        Self {
            deployment: Vec::new(),
            users: changes.users.map(UserRow::from),
            requests: changes.requests.map(RequestRow::from),
            sessions: changes.sessions.map(SessionRow::from),
            friendships: changes.friendships.map(FriendshipRow::from),
            blocks: changes.blocks.map(BlockRow::from),
            im_accounts: changes.im_accounts.map(ImAccountRow::from),
            groups: changes.groups.map(GroupRow::from),
            memberships: changes.memberships.map(MembershipRow::from),
            coins: changes.coins.map(CoinRow::from),
            accounts: changes.accounts.map(AccountRow::from),
            packets: changes.packets.map(PacketRow::from),
            shares: shares.map(ShareRow::from),
            claims: claims.map(ClaimRow::from),
            movements: changes.movements.inserted.iter().map(MovementRow::from).collect(),
            outbox: changes.outbox.map(DeliveryRow::from),
            endpoints: changes.endpoints.map(EndpointRow::from),
            admin_tokens: changes.admin_tokens.map(AdminTokenRow::from),
            operations: changes.operations.map(OperationRow::from),
            postings: changes.postings.iter().map(PostingRow::from).collect(),
        }
    }
}

/// Adds all rows of a page.
impl From<Page> for Writes {
    fn from(page: Page) -> Self {
        let mut writes = Self::default();
        match page {
            Page::Deployment(rows) => writes.deployment = rows,
            Page::Users(rows) => writes.users.inserted = rows,
            Page::Sessions(rows) => writes.sessions.inserted = rows,
            Page::Friendships(rows) => writes.friendships.inserted = rows,
            Page::Blocks(rows) => writes.blocks.inserted = rows,
            Page::ImAccounts(rows) => writes.im_accounts.inserted = rows,
            Page::Coins(rows) => writes.coins.inserted = rows,
            Page::Accounts(rows) => writes.accounts.inserted = rows,
            Page::Packets(rows) => writes.packets.inserted = rows,
            Page::Shares(rows) => writes.shares.inserted = rows,
            Page::Claims(rows) => writes.claims.inserted = rows,
            Page::Movements(rows) => writes.movements = rows,
            Page::Postings(rows) => writes.postings = rows,
            Page::Requests(rows) => writes.requests.inserted = rows,
            Page::Groups(rows) => writes.groups.inserted = rows,
            Page::Memberships(rows) => writes.memberships.inserted = rows,
            Page::Outbox(rows) => writes.outbox.inserted = rows,
            Page::Endpoints(rows) => writes.endpoints.inserted = rows,
            Page::AdminTokens(rows) => writes.admin_tokens.inserted = rows,
            Page::Operations(rows) => writes.operations.inserted = rows,
        }
        writes
    }
}

#[cfg(test)]
mod tests;
