using Keker.Server.Broker.Sessions;

namespace Keker.Tests.Server.Presence.Hooks;

internal sealed class PresenceWatchTests
{
    private WatchedBroker _broker = null!;

    [SetUp]
    public async Task Begin()
    {
        _broker = new WatchedBroker();
        Assert.That(await _broker.TakeAsync(), Is.EqualTo(new[] { "Reset  0" }), "at the start");
    }

    [TearDown]
    public void End() => _broker.Dispose();

    [Test]
    public async Task A_token_is_online_with_its_first_session_and_offline_five_seconds_after_its_last()
    {
        Session first = _broker.Join("a");
        Session second = _broker.Join("a");
        Assert.That(await _broker.TakeAsync(), Is.EqualTo(new[] { "Online a 1" }));
        first.Disconnected();
        second.Disconnected();
        _broker.Advance(4.9);
        Assert.That(await _broker.TakeAsync(), Is.Empty);
        Assert.That(_broker.List(), Has.Length.EqualTo(2), "it counts as online until the other event");
        _broker.Advance(0.1);
        Assert.That(await _broker.TakeAsync(), Is.EqualTo(new[] { "Offline a 0" }));
        Assert.That(_broker.List(), Has.Length.EqualTo(1));
        Assert.That(_broker.Context.Topics.Count, Is.Zero, "nothing is kept of it");
    }

    [Test]
    public async Task A_reload_says_nothing_however_often_and_the_last_end_counts()
    {
        Session session = _broker.Join("a");
        await _broker.TakeAsync();
        for (int i = 0; i < 10; i++)
        {
            session.Disconnected();
            _broker.Advance(3);
            session = _broker.Join("a");
            _broker.Advance(1);
        }
        session.Disconnected();
        _broker.Advance(4.9);
        Assert.That(await _broker.TakeAsync(), Is.Empty);
        _broker.Advance(0.1);
        Assert.That(await _broker.TakeAsync(), Is.EqualTo(new[] { "Offline a 0" }));
        _broker.Join("a");
        Assert.That(await _broker.TakeAsync(), Is.EqualTo(new[] { "Online a 1" }));
    }

    [Test]
    public async Task A_topic_is_occupied_and_vacated_at_once()
    {
        Session session = _broker.Join("a");
        _broker.Subscribe(session, "news");
        _broker.Subscribe(_broker.Join("a"), "news");
        Assert.That(await _broker.TakeAsync(), Is.EqualTo(new[] { "Online a 1", "Occupied news 1" }));
        Assert.That(_broker.List().Count(line => line.TryGetProperty("topic", out var topic) && topic.GetString() == "news" && line.GetProperty("sessions").GetInt32() == 2), Is.EqualTo(1));
        _broker.Broker.UnsubscribeFrom(session, "news"u8);
        Assert.That(await _broker.TakeAsync(), Is.Empty);
        foreach (Session each in new[] { session, _broker.Join("b") })
            each.Disconnected();
        Assert.That(await _broker.TakeAsync(), Is.EqualTo(new[] { "Online b 1" }));
    }

    [Test]
    public async Task A_message_with_its_own_time_that_nobody_had_is_told_with_its_key()
    {
        _broker.Publish("a", TimeSpan.FromSeconds(10), "key-1");
        _broker.Publish("b", TimeSpan.FromSeconds(10), key: null);
        _broker.Publish("c", lifetime: null, "key-3");
        _broker.Publish("d", TimeSpan.FromSeconds(10), "key-4");
        _broker.Join("d");
        await _broker.TakeAsync();
        _broker.Advance(11);
        Assert.That(await _broker.TakeAsync(), Is.EquivalentTo(new[] { "Expired a 0 key-1", "Expired b 0" }));
    }

    [Test]
    public async Task A_list_says_the_number_of_the_last_event_that_is_in_it()
    {
        _broker.Join("a");
        Assert.That(_broker.List()[0].GetProperty("seq").GetInt64(), Is.EqualTo(2));
        Assert.That(_broker.List()[0].GetProperty("boot").GetString(), Is.EqualTo(_broker.Watch.Boot.ToString("x", null)));
        Assert.That((await _broker.Queue.TakeAsync(10)).ConvertAll(each => each.Seq), Is.EqualTo(new long[] { 2 }));
    }

    [Test]
    public async Task When_too_many_wait_all_go_and_one_says_so()
    {
        using var broker = new WatchedBroker(mostEvents: 4);
        for (int i = 0; i < 5; i++)
            broker.Join($"a{i}");
        Assert.That(await broker.TakeAsync(), Is.EqualTo(new[] { "Reset  0", "Online a4 1" }));
        Assert.That(broker.List()[0].GetProperty("seq").GetInt64(), Is.EqualTo(6));
        Assert.That(broker.Counters.HookResets.Value, Is.EqualTo(2));
    }
}
