using Keker.Protocol.Commands;
using Keker.Server.Broker;
using Keker.Server.Broker.Sessions;
using Keker.Server.Broker.Topics;

namespace Keker.Tests.Server.Broker.Cache;

/// <summary>What a topic keeps has the ids it was given at first, and who resumes is told of what is missing, in its place.</summary>
internal sealed class KeptIdTests
{
    private TestBroker _broker = null!;

    [SetUp]
    public void Start() => _broker = new TestBroker(new BrokerLimits { CacheSize = 1000 });

    [TearDown]
    public void Stop() => _broker.Dispose();

    private ulong Epoch => _broker.Context.NamedTopics.Find("m"u8)!.Epoch;

    [Test]
    public void A_newcomer_is_told_of_no_gap_and_can_resume_from_where_it_began()
    {
        Publish("0", null);
        Publish("1", 60);
        _broker.Advance(TimeSpan.FromSeconds(6));
        Publish("2", 60, "k");
        Publish("3", 60, "k");
        Publish("4", 60);
        string[] first = Join(out MessageId start);
        Assert.That(first, Is.EqualTo(new[] { Message(1, "1"), Message(3, "3"), Message(4, "4") }));
        Assert.That(start, Is.EqualTo(new MessageId(Epoch, 1)));
        Assert.That(Join(out _, start), Is.EqualTo(first));
    }

    [Test]
    public void Who_resumes_is_told_what_is_missing_where_it_is_missing()
    {
        Publish("0", 60);
        Publish("gone", null);
        Publish("2", 60);
        Publish("gone", null);
        Publish("gone", null);
        _broker.Advance(TimeSpan.FromSeconds(6));
        Publish("5", 60);
        Publish("gone", null);
        _broker.Advance(TimeSpan.FromSeconds(6));
        Assert.That(Join(out _, new MessageId(Epoch, 0)), Is.EqualTo(new[]
        {
            Message(0, "0"), Gap(1, 2), Message(2, "2"), Gap(3, 5), Message(5, "5"), Gap(6, 7),
        }));
        Assert.That(Join(out _, new MessageId(Epoch, 2)), Is.EqualTo(new[] { Message(2, "2"), Gap(3, 5), Message(5, "5"), Gap(6, 7) }));
        Assert.That(Join(out _, new MessageId(Epoch, 7)), Is.Empty);
    }

    [Test]
    public void What_was_replaced_or_has_expired_is_no_gap()
    {
        Publish("0", 60, "k");
        Publish("1", 10);
        Publish("2", 60, "k");
        Publish("3", 60, "k");
        Publish("4", 10);
        _broker.Advance(TimeSpan.FromSeconds(11));
        Assert.That(Join(out _, new MessageId(Epoch, 0)), Is.EqualTo(new[] { Message(3, "3") }));
        Assert.That(Join(out _, new MessageId(Epoch, 4)), Is.Empty);
    }

    [Test]
    public void What_had_no_room_is_a_gap()
    {
        Publish(new string('0', 600), 60);
        Publish(new string('1', 600), 60);
        Publish("2", 60);
        Publish(new string('3', 2000), 60);
        Publish("4", 60);
        string[] all = Join(out _, new MessageId(Epoch, 0));
        Assert.That(all.Where(text => text.StartsWith("GAP", StringComparison.Ordinal)), Has.Some.EqualTo(Gap(0, 1)));
        Assert.That(all[^1], Is.EqualTo(Message(3, "4")), "what cannot be kept has no id where nobody is there");
    }

    [Test]
    public void Who_had_another_life_of_the_topic_is_told_once_and_gets_all_that_is_kept()
    {
        Publish("0", 60);
        Publish("gone", null);
        _broker.Advance(TimeSpan.FromSeconds(6));
        Publish("2", 60);
        var resume = new ResumePoint(new MessageId(Epoch + 1, 7));
        Assert.That(Join(out MessageId start, resume), Is.EqualTo(new[] { Message(0, "0"), Message(2, "2") }));
        Assert.That(resume.IsGap);
        Assert.That(start, Is.EqualTo(new MessageId(Epoch, 0)));
    }

    [Test]
    public void Ids_go_on_after_all_have_left_while_something_is_kept()
    {
        Publish("0", 600);
        ulong epoch = Epoch;
        Join(out _);
        _broker.Advance(TimeSpan.FromSeconds(300));
        Publish("1", 600);
        Assert.That(Epoch, Is.EqualTo(epoch));
        Assert.That(Join(out _, new MessageId(epoch, 1)), Is.EqualTo(new[] { Message(1, "1") }));
    }

    /// <summary>Whatever happens, a client that names what it has is sent all later ones that are good, or is told of a gap there, in ascending order and once.</summary>
    [Test]
    public void Random_scripts_leave_no_silent_hole([Range(1, 40)] int seed)
    {
        var random = new Random(seed);
        List<Published> published = [];
        ulong epoch = 0;
        TaggedSession? member = null;
        for (int i = 0; i < 200; i++)
        {
            switch (random.Next(10))
            {
                case < 6:
                    int? seconds = random.Next(3) == 0 ? null : random.Next(30);
                    string? key = random.Next(3) == 0 ? $"k{random.Next(3)}" : null;
                    Publish($"{i}", seconds, key);
                    if (Topic is not { } topic)
                        break;
                    if (topic.Epoch != epoch)
                        published.Clear();
                    epoch = topic.Epoch;
                    if (topic.Head > published.Count)
                        published.Add(new Published($"{i}", key, seconds is { } time ? Now + (time * 1000) : null));
                    else if (key is not null)
                        published.FindAll(message => message.Key == key).ForEach(message => message.IsReplaced = true);
                    break;
                case 6:
                    _broker.Advance(TimeSpan.FromSeconds(random.Next(4)));
                    break;
                case 7 when member is null:
                    Join(new FakeTransport { Confirms = true }, null, out member, out _);
                    break;
                case 7:
                    member.Disconnected();
                    member = null;
                    break;
                case > 7 when Topic?.Epoch == epoch && published.Count > 0:
                    Check(published, random.Next(published.Count + 1));
                    break;
            }
        }
    }

    private Topic? Topic => _broker.Context.NamedTopics.Find("m"u8);

    private long Now => _broker.Context.Clock.Now;

    private void Check(List<Published> published, int from)
    {
        string[] received = Join(out _, new MessageId(Epoch, from));
        int next = from;
        foreach (string text in received)
        {
            string[] words = text.Split(' ', '\n');
            int[] offsets = [.. words.Where(word => word.Contains(':')).Select(id => int.Parse(id.Split(':')[1]))];
            if (words[0] == "MSG")
            {
                AssertNothingIsMissing(published, next, offsets[0] - 1);
                Assert.That(words[^1], Is.EqualTo(published[offsets[0] - 1].Text));
            }
            else
            {
                Assert.That(offsets[0], Is.EqualTo(next), text);
            }
            next = offsets[^1];
        }
        AssertNothingIsMissing(published, next, published.Count);
        CheckNewcomer(published);
    }

    /// <summary>Who names nothing gets all that is kept, in order and once, and of the rest what waited at the most.</summary>
    private void CheckNewcomer(List<Published> published)
    {
        string[] received = [.. Join(out _).Select(text => text.Split('\n')[^1])];
        Assert.That(received, Is.Ordered.Using<string>((one, other) => int.Parse(one).CompareTo(int.Parse(other))).And.Unique);
        IEnumerable<Published> kept = published.Where((message, i) => message.ExpiresAt > Now && !IsReplaced(published, i));
        Assert.That(received.Except(published.Where(message => message.ExpiresAt is null).Select(message => message.Text)), Is.EqualTo(kept.Select(message => message.Text)));
    }

    private static bool IsReplaced(List<Published> published, int i) =>
        published[i].IsReplaced || (published[i].Key is { } key && published.FindIndex(i + 1, later => later.Key == key) >= 0);

    /// <summary>Between two messages only what nobody misses may be missing.</summary>
    private void AssertNothingIsMissing(List<Published> published, int from, int to)
    {
        Assert.That(from, Is.LessThanOrEqualTo(to), "ascending");
        for (int i = from; i < to; i++)
        {
            Assert.That(IsReplaced(published, i) || published[i].ExpiresAt <= Now, $"{published[i].Text} is missing without a word");
        }
    }

    private string[] Join(out MessageId start, MessageId? after = null) => Join(out start, after is { } id ? new ResumePoint(id) : null);

    private string[] Join(out MessageId start, ResumePoint? resume)
    {
        var wire = new FakeTransport { Confirms = true };
        Join(wire, resume, out TaggedSession session, out start);
        string[] messages = wire.Messages;
        session.SaidGoodbye();
        session.Disconnected();
        return messages;
    }

    private void Join(FakeTransport wire, ResumePoint? resume, out TaggedSession session, out MessageId start)
    {
        session = new TaggedSession(wire, _broker.Context) { Confirms = true };
        _broker.Broker.Subscribe(session, TestBroker.Token($"t{_broker.Context.Clock.Now}-{wire.GetHashCode()}"));
        Assert.That(_broker.Broker.TryJoinTopic(session, "m"u8, resume, out JoinResult joined));
        start = joined.Start;
        _broker.Broker.Deliver(joined);
    }

    private void Publish(string text, int? seconds, string? key = null)
    {
        var dirty = new DirtyTopics();
        PublishTerms? terms = seconds is null && key is null ? null : new PublishTerms
        {
            TimeToLive = seconds is { } time ? TimeSpan.FromSeconds(time) : null,
            CollapseKey = key is null ? null : TestBroker.Token(key),
        };
        _broker.Broker.PublishToTopic("m"u8, TestBroker.Message(text), dirty, terms);
        _broker.Broker.Flush(dirty);
    }

    private string Message(long offset, string text) => $"MSG {Id(offset + 1)} m\n{text}";

    private string Gap(long from, long to) => $"GAP m {Id(from)} {Id(to)}";

    private string Id(long offset) => $"{Epoch:x}:{offset}";

    private sealed record Published(string Text, string? Key, long? ExpiresAt)
    {
        public bool IsReplaced { get; set; }
    }
}
