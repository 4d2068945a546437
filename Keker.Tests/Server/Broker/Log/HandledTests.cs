using Keker.Protocol.Commands;
using Keker.Server.Broker;
using Keker.Server.Broker.Sessions;
using Keker.Server.Broker.Topics;

namespace Keker.Tests.Server.Broker.Log;

/// <summary>
/// A browser has a message, and has said so, before its page has come to it. A page that goes in between names the id before it when it is back, and is to get the message.
/// </summary>
internal sealed class HandledTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private TestBroker _broker = null!;

    [SetUp]
    public void Start() => _broker = new TestBroker();

    [TearDown]
    public void Stop() => _broker.Dispose();

    [Test]
    public void What_arrived_just_before_a_break_is_there_for_who_names_an_id_before_it([Values(0, 1, 100)] int secondsAway)
    {
        TestClient client = Join(out ulong epoch);
        _broker.Publish("t", "1", "2");
        client.AnswerPing();
        TestBroker.Leave(client);
        Pass(secondsAway);
        Assert.That(Resume(epoch, 1), Is.EqualTo(new[] { $"MSG {epoch:x}:2 -\n2" }));
    }

    [Test]
    public void And_for_who_comes_while_the_session_before_it_seems_to_be_there()
    {
        TestClient client = Join(out ulong epoch);
        _broker.Publish("t", "1");
        client.AnswerPing();
        Assert.That(Resume(epoch, 0), Is.EqualTo(new[] { $"MSG {epoch:x}:1 -\n1" }));
    }

    [Test]
    public void Who_names_none_gets_nothing_again_that_it_confirmed()
    {
        TestClient client = Join(out _);
        _broker.Publish("t", "1");
        client.AnswerPing();
        _broker.Publish("t", "2");
        TestBroker.Leave(client);
        Assert.That(_broker.Join("t", new FakeTransport { Confirms = true }).Wire.Messages, Is.EqualTo(new[] { "2" }));
    }

    [Test]
    public void After_a_while_it_is_let_go_of_and_nothing_counts_as_lost([Values] bool stays)
    {
        TestClient client = Join(out ulong epoch);
        _broker.Publish("t", "1");
        client.AnswerPing();
        Pass(25);
        Assert.That(_broker.Context.Memory.Bytes, Is.Zero, "the page has had its time");
        Assert.That(Resume(epoch, 0), Is.EqualTo(new[] { $"GAP {epoch:x}:0 {epoch:x}:1" }));
        if (stays)
            return;
        TestBroker.Leave(client);
        Pass(125);
        Assert.That((_broker.Context.Counters.UnconfirmedLost.Value, _broker.Context.Counters.Expired.Value), Is.EqualTo((0, 0)));
        _broker.AssertHoldsNothing();
    }

    [Test]
    public void While_messages_come_it_lets_go_of_those_of_a_while_ago()
    {
        TestClient client = Join(out _);
        for (int i = 0; i < 60; i++)
        {
            _broker.Publish("t", $"{i}");
            client.AnswerPing();
            Pass(1);
        }
        Assert.That(client.Topic.Head - client.Topic.Tail, Is.InRange(10, 21));
    }

    [Test]
    public void A_topic_by_name_keeps_it_as_well()
    {
        TestClient client = Join(out _);
        Assert.That(_broker.Broker.TryJoinTopic(client.Session, "news"u8, resume: null, out JoinResult joined));
        _broker.Broker.Deliver(joined);
        _broker.PublishToTopic("news", "1");
        client.AnswerPing();
        MessageId id = new(joined.Member.Topic.Epoch, 0);
        TestBroker.Leave(client);
        TestClient next = Join(out _);
        Assert.That(_broker.Broker.TryJoinTopic(next.Session, "news"u8, new ResumePoint(id), out joined));
        _broker.Broker.Deliver(joined);
        Assert.That(next.Wire.Messages, Is.EqualTo(new[] { $"MSG {id.Epoch:x}:1 news\n1" }));
    }

    [Test]
    public void A_plain_session_s_log_is_let_go_of_at_once()
    {
        TestClient client = _broker.Join("t", new FakeTransport { Confirms = true });
        _broker.Publish("t", "1");
        client.AnswerPing();
        Assert.That(_broker.Context.Memory.Bytes, Is.Zero);
    }

    private void Pass(int seconds)
    {
        for (int i = 0; i < seconds; i++)
            _broker.Advance(Second);
    }

    private TestClient Join(out ulong epoch, ResumePoint? resume = null)
    {
        var wire = new FakeTransport { Confirms = true };
        var session = new TaggedSession(wire, _broker.Context) { Confirms = true };
        _broker.Broker.Subscribe(session, "t"u8, resume);
        var client = new TestClient(session, wire);
        epoch = client.Topic.Epoch;
        return client;
    }

    private string[] Resume(ulong epoch, long offset)
    {
        var resume = new ResumePoint(new MessageId(epoch, offset));
        TestClient client = Join(out _, resume);
        string[] messages = client.Wire.Messages;
        TestBroker.Leave(client);
        return resume.IsGap ? [$"GAP {epoch:x}:{resume.After.Offset} {epoch:x}:{resume.Start.Offset}", .. messages] : messages;
    }
}
