// Drives the sandbox with the official SDK for Node. It resolves its promises with refusals too, and renames codes.
'use strict';

const http = require('http');
const { isDeepStrictEqual } = require('util');
const rongcloud = require('rongcloud-sdk');

const { APP_KEY, APP_SECRET, SANDBOX_URL } = process.env;
const DONE = { code: 200 };
const PATIENCE_MS = 20000;

function check(name, actual, wanted) {
    if (isDeepStrictEqual(actual, wanted)) {
        console.log(`ok ${name}`);
    } else {
        const why = `${JSON.stringify(actual)} instead of ${JSON.stringify(wanted)}`;
        console.log(`FAIL ${name}: ${why.slice(0, 2000)}`);
    }
}

function control(path, method = 'GET', body = '') {
    return new Promise((resolve, reject) => {
        const request = http.request(SANDBOX_URL + path, { method, timeout: PATIENCE_MS }, (answer) => {
            let text = '';
            answer.setEncoding('utf8');
            answer.on('data', (piece) => { text += piece; });
            answer.on('end', () => {
                if ([200, 403].includes(answer.statusCode)) resolve(JSON.parse(text));
                else reject(new Error(`${path}: ${answer.statusCode} ${text}`));
            });
        });
        request.on('timeout', () => request.destroy(new Error(`${path}: no answer`)));
        request.on('error', reject);
        request.end(body);
    });
}

const user = (id) => control(`/sandbox/users/${id}`);
const group = (id) => control(`/sandbox/groups/${id}`);
const inbox = (id) => control(`/sandbox/messages?userId=${id}`);
const recalled = async (id) => (await inbox(id)).map((message) => message.recalled === true);
const connect = (token) => control('/sandbox/clients', 'POST', JSON.stringify({ token }));
// What a client is told that writes to a group: the code of its refusal, or nothing.
const writeTo = async (toGroupId, userId) => {
    const message = JSON.stringify({ toGroupId, objectName: 'RC:TxtMsg', content: '{}' });
    return (await control(`/sandbox/clients/${userId}/messages`, 'POST', message)).code;
};
const ids = (list) => list.map((id) => ({ id }));

function sdk(appkey, secret) {
    return rongcloud({ appkey, secret, api: SANDBOX_URL });
}

async function users(User) {
    const registered = await User.register({ id: 'js-alice', name: 'Alice', portrait: 'http://a/1.png' });
    const { code, userId, token } = registered;
    check('node: register answers', [code, userId, token.length > 0 && token.length <= 256], [200, 'js-alice', true]);
    const again = await User.register({ id: 'js-alice', name: '张三 & Co=1+2', portrait: 'http://a/2.png?a=1&b=2' });
    check('node: register again gives another token', [again.code, again.token !== token], [200, true]);
    const alice = {
        registered: true, name: '张三 & Co=1+2', portraitUri: 'http://a/2.png?a=1&b=2', tokens: 2, blacklist: [],
    };
    check('node: register registers', await user('js-alice'), alice);
    check('node: update answers', await User.update({ id: 'js-alice', name: 'Ali', portrait: 'http://a/3.png' }), DONE);
    const updated = await user('js-alice');
    check('node: update changes', [updated.name, updated.portraitUri, updated.tokens], ['Ali', 'http://a/3.png', 2]);
    const refused = await User.update({ id: 'js-nobody', name: 'N', portrait: 'http://a/4.png' });
    check('node: update of a stranger is refused', refused.code, 1002);
}

async function blacklists({ Blacklist }) {
    const both = () => ({ id: 'js-alice', blacklist: ids(['js-bob', 'js-carol']) });
    check('node: blacklist add answers', await Blacklist.add(both()), DONE);
    check('node: blacklist add adds', (await user('js-alice')).blacklist, ['js-carol', 'js-bob']);
    const listed = await Blacklist.getList({ id: 'js-alice' });
    check('node: blacklist query answers', listed, { code: 200, users: ids(['js-carol', 'js-bob']) });
    check('node: blacklist remove answers', await Blacklist.remove({ id: 'js-alice', blacklist: ids(['js-bob']) }), DONE);
    check('node: blacklist remove removes', (await user('js-alice')).blacklist, ['js-carol']);
    const many = ids(Array.from({ length: 21 }, (_, n) => `js-u${n}`));
    check('node: blacklist add of 21 is refused', (await Blacklist.add({ id: 'js-alice', blacklist: many })).code, 1002);
}

const TEXT = { content: '恭喜发财 🧧 1+1=2 & more', extra: '' };

function letter(senderId, targetId, more) {
    return { senderId, targetId, objectName: 'RC:TxtMsg', content: { ...TEXT }, ...more };
}

async function privateMessages({ Private }) {
    const sent = await Private.send(letter('js-alice', ['js-bob', 'js-carol'], { isCounted: 1, pushData: '' }));
    const [bob, carol] = [await inbox('js-bob'), await inbox('js-carol')];
    check('node: private send answers', sent.code, 200);
    check('node: private send arrives once each', [bob.length, carol.length], [1, 1]);
    check('node: private send keeps the content', bob[0].content, JSON.stringify(TEXT));
    const { fromUserId, toUserId, objectName } = bob[0];
    check('node: private send keeps the rest', [fromUserId, toUserId, objectName], ['js-alice', 'js-bob', 'RC:TxtMsg']);
    const told = [['js-bob', bob], ['js-carol', carol]].map(
        ([id, box]) => ({ userId: id, messageUID: box[0].messageUID }),
    );
    check('node: private send tells the ids', sent.messageUIDs, told);
    const heeding = await Private.send(letter('js-carol', 'js-alice', { verifyBlacklist: 1 }));
    check('node: private send that heeds blacklists', [heeding.code, await inbox('js-alice')], [200, []]);
    await Private.send(letter('js-dora', 'js-erik', { isIncludeSender: 1 }));
    // What a phone would show is the receiver's alone.
    const withoutPush = async (id) => (await inbox(id)).map(({ push, ...message }) => message);
    check('node: private send with a copy copies', await withoutPush('js-dora'), await withoutPush('js-erik'));
    const reserved = await Private.send(letter('js-alice', 'js-bob', { objectName: 'RC:Mine' }));
    check('node: private send of a reserved type is refused', reserved.code, 1002);

    const recall = (uId) => ({ senderId: 'js-alice', targetId: 'js-bob', objectName: 'RC:TxtMsg', uId, sentTime: '1408710653000' });
    check('node: private recall answers', await Private.recall(recall(bob[0].messageUID)), DONE);
    check('node: private recall marks one', [await recalled('js-bob'), await recalled('js-carol')], [[true], [false]]);
    check('node: private recall of nothing answers', await Private.recall(recall('A-B-C-D')), DONE);
}

async function systemMessages({ System }) {
    const sent = await System.send(letter('js-system', ['js-fred', 'js-gina'], { objectName: 'RC:InfoNtf' }));
    check('node: system send answers', [sent.code, sent.messageUIDs.length], [200, 2]);
    const fred = await inbox('js-fred');
    check('node: system send arrives', [fred.length, fred[0].fromUserId], [1, 'js-system']);
}

async function groups(Group) {
    const create = () => Group.create({ id: 'jsFriends', name: 'Friends & Co', members: ids(['js-alice', 'js-bob']) });
    const friends = { name: 'Friends & Co', members: ['js-alice', 'js-bob'], dismissed: false };
    check('node: group create answers', await create(), DONE);
    check('node: group create creates', await group('jsFriends'), friends);
    check('node: group create again answers', await create(), DONE);
    check('node: group create again changes nothing', await group('jsFriends'), friends);
    const hugo = () => ({ id: 'jsFriends', name: 'Friends & Co', member: { id: 'js-hugo' } });
    check('node: group join answers', await Group.join(hugo()), DONE);
    check('node: group join adds', (await group('jsFriends')).members, ['js-alice', 'js-bob', 'js-hugo']);
    const listed = await Group.get({ id: 'jsFriends' });
    check('node: group query answers', listed, { code: 200, members: ids(['js-alice', 'js-bob', 'js-hugo']) });
    check('node: group update answers', await Group.update({ id: 'jsFriends', name: '朋友' }), DONE);
    check('node: group update renames', (await group('jsFriends')).name, '朋友');
}

async function groupMessages({ Group }) {
    const sent = await Group.send(letter('js-alice', 'jsFriends'));
    const [hugo] = (await inbox('js-hugo'));
    check('node: group send answers', [sent.code, sent.messageUIDs], [200, [{ groupId: 'jsFriends', messageUID: hugo.messageUID }]]);
    const arrived = [hugo.toGroupId, hugo.content, (await inbox('js-bob')).length, await inbox('js-alice')];
    check('node: group send arrives', arrived, ['jsFriends', JSON.stringify(TEXT), 2, []]);
    const recall = {
        senderId: 'js-alice', targetId: 'jsFriends', objectName: 'RC:TxtMsg', uId: hugo.messageUID, sentTime: '1408710653000',
    };
    check('node: group recall answers', await Group.recall(recall), DONE);
    check('node: group recall marks every copy', [await recalled('js-hugo'), await recalled('js-bob')], [[true], [true, true]]);
}

async function mutes({ Mute: { All, Member, Whitelist }, Gag }, { User }) {
    for (const id of ['js-alice', 'js-bob', 'js-hugo']) {
        await connect((await User.register({ id, name: id, portrait: 'http://a/1.png' })).token);
    }
    const codes = async () => [await writeTo('jsFriends', 'js-bob'), await writeTo('jsFriends', 'js-hugo')];
    const friends = () => ({ groups: ids(['jsFriends']) });
    const bob = () => ({ id: 'jsFriends', members: ids(['js-bob']) });
    check('node: group mute all answers', await All.add(friends()), DONE);
    check('node: group mute all silences all', await codes(), [22408, 22408]);
    const muted = await All.getList();
    check('node: group mute all is listed', muted, { code: 200, groups: [{ id: 'jsFriends', isMuted: 1 }] });
    check('node: group mute exception answers', await Whitelist.add(bob()), DONE);
    check('node: group mute exception lets one speak', await codes(), [undefined, 22408]);
    check('node: group mute exception ends', [await Whitelist.remove(bob()), await codes()], [DONE, [22408, 22408]]);
    check('node: group mute all ends', [await All.remove(friends()), await codes()], [DONE, [undefined, undefined]]);
    check('node: group mute member answers', await Member.add({ ...bob(), minute: 5 }), DONE);
    check('node: group mute member silences one', await codes(), [22408, undefined]);
    const members = (await Gag.getList({ id: 'jsFriends' })).members;
    check('node: group mute member is listed', members.map((member) => member.id), ['js-bob']);
    check('node: group mute member ends', [await Gag.remove(bob()), await codes()], [DONE, [undefined, undefined]]);
}

async function blocks({ Block, OnlineStatus, register }) {
    const { token } = await register({ id: 'js-iris', name: 'Iris', portrait: 'http://a/1.png' });
    const status = async () => (await OnlineStatus.get({ id: 'js-iris' })).status;
    await connect(token);
    check('node: online status of one who is connected', await status(), '1');
    check('node: block answers', await Block.add({ id: 'js-iris', minute: 5 }), DONE);
    check('node: block disconnects and shuts out', [await status(), (await connect(token)).code], ['0', 31009]);
    check('node: block is listed', (await Block.getList()).users.map((user) => user.userId), ['js-iris']);
    check('node: unblock lets in', [await Block.remove({ id: 'js-iris' }), await connect(token)], [DONE, { userId: 'js-iris' }]);
}

async function syncs(Group) {
    const sync = (groups) => Group.sync({ id: 'js-kim', groups });
    check('node: group sync answers', await sync([{ id: 'js_one', name: 'One' }, { id: 'js-two', name: 'Two' }]), DONE);
    check('node: group sync joins', [(await group('js_one')).members, (await group('js-two')).name], [['js-kim'], 'Two']);
    check('node: group sync leaves', [await sync([{ id: 'js-two', name: 'Two' }]), (await group('js_one')).members], [DONE, []]);
}

async function endings(Group) {
    check('node: group quit answers', await Group.quit({ id: 'jsFriends', member: { id: 'js-hugo' } }), DONE);
    check('node: group quit removes', (await group('jsFriends')).members, ['js-alice', 'js-bob']);
    check('node: group dismiss answers', await Group.dismiss({ id: 'jsFriends', member: { id: 'js-nobody' } }), DONE);
    check('node: group dismiss ends it', await group('jsFriends'), { name: '朋友', members: [], dismissed: true });
}

// The SDK keeps one signature for all of its process, so this comes last.
async function door() {
    const mallory = { id: 'js-mallory', name: 'M', portrait: 'http://a/1.png' };
    const refused = await sdk(APP_KEY, 'another secret').User.register(mallory);
    check('node: a wrong secret is refused', refused.code, '20000');
    check('node: a wrong secret registers nobody', (await user('js-mallory')).registered, false);
    const keyless = await sdk('another key', APP_SECRET).Group.update({ id: 'jsFriends', name: 'M' });
    check('node: a wrong key is refused', keyless.code, 1002);
}

async function main() {
    const { User, Message, Group } = sdk(APP_KEY, APP_SECRET);
    await users(User);
    await blacklists(User);
    await privateMessages(Message);
    await systemMessages(Message);
    await groups(Group);
    await groupMessages(Message);
    await mutes(Group, { User });
    await blocks(User);
    await syncs(Group);
    await endings(Group);
    await door();
}

main().catch((error) => {
    console.error(error);
    process.exitCode = 1;
});
