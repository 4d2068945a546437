using Keker.Server.Broker;

namespace Keker.Tests.Server.Broker.Log;

/// <summary>Clients of one token break, seen or in silence, and come back: random scripts run through the model of the rule and through the broker, which agree on every start.</summary>
internal sealed class ComingBackTests
{
    private const int Resume = 30;
    private const int NoticedAfter = 15;
    private const int Steps = 1500;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    private TestBroker _broker = null!;
    private ComingBackModel _model = null!;
    private Random _random = null!;
    private int _hellos;
    private int _back;

    [SetUp]
    public void Start()
    {
        _broker = new TestBroker(new BrokerLimits { Cache = TimeSpan.Zero, Resume = TimeSpan.FromSeconds(Resume), SmallPass = int.MaxValue });
        _model = new ComingBackModel(Resume);
        (_hellos, _back) = (0, 0);
    }

    [TearDown]
    public void Stop() => _broker.Dispose();

    [Test]
    public void Broker_and_model_agree_on_every_start([Values(1, 2, 3, 4)] int seed, [Values(1, 3, 10)] int clients, [Values(1, 3, 10)] int marks)
    {
        _random = new Random(seed);
        int?[] backAt = new int?[clients];
        var sessions = new ModelSession?[clients];
        Array.Fill(backAt, 0);
        for (int step = 0; step < Steps; step++)
        {
            Pass();
            if (_random.Next(2) == 0)
                _broker.Publish("t", $"{step}");
            for (int i = 0; i < clients; i++)
            {
                if (sessions[i] is { } session)
                {
                    if (session.SilentSince is null && _random.Next(2) == 0)
                        AnswerAll(session);
                    if (_random.Next(30) != 0)
                        continue;
                    sessions[i] = null;
                    backAt[i] = step + _random.Next(1, 45);
                    if (_random.Next(10) < 6)
                        session.SilentSince ??= _model.Now;
                    else
                        End(session);
                }
                else if (backAt[i] <= step)
                {
                    sessions[i] = Hello((ulong)(i % marks));
                }
            }
        }
        Assert.That(_hellos, Is.GreaterThan(20));
        Assert.That(_back, Is.Positive, "some of them got messages again");
        foreach (ModelSession session in _model.Sessions.ToArray())
            End(session);
        _broker.Advance(TimeSpan.FromSeconds(Resume + 1));
        _broker.AssertHoldsNothing();
    }

    private static (long? Taken, long? Suspected) InBroker(ModelSession session) =>
        (session.Client.Session.OwnTopic!.Taken?.Offset, session.Client.Session.OwnTopic.Suspected?.Offset);

    private static (long? Taken, long? Suspected) InModel(ModelSession session) => (session.Taken?.Offset, session.Suspected?.Offset);

    /// <summary>A second passes: who fell silent long ago is noticed.</summary>
    private void Pass()
    {
        _model.Tick();
        _broker.Advance(10 * Tick);
        foreach (ModelSession session in _model.Sessions.FindAll(session => _model.Now >= session.SilentSince + NoticedAfter))
            End(session);
    }

    private ModelSession Hello(ulong mark)
    {
        long head = _broker.Context.Topics.Find("t"u8)?.Head ?? 0;
        List<ModelSession> asked = _model.AskedBy(mark, head);

        // Who has left a ping unanswered for a second counts as silent at once.
        long since = _broker.Context.Clock.Now - 1000;
        List<ModelSession> silent = asked.FindAll(
            session => session.SilentSince is not null || session.Client.Session.UnansweredSince <= since || _random.Next(20) == 0);
        var hello = new ModelSession(mark) { Client = _broker.Join("t", new FakeTransport { Confirms = true, Mark = mark }) };

        // Until those that wait longest count as broken.
        for (int i = 0; i < 10; i++)
        {
            foreach (ModelSession session in asked.Except(silent).Where(session => session.Client.Session.UnansweredSince is not null))
                Answer(session);
            _broker.Time.Advance(Tick);
        }
        long start = _model.Hello(hello, silent, head);
        string[] messages = hello.Client.Wire.Messages;
        Assert.That(hello.Client.Topic.Head - messages.Length, Is.EqualTo(start), $"HELLO {++_hellos} at {_model.Now}");
        Assert.That(_model.Sessions.Select(InBroker), Is.EqualTo(_model.Sessions.Select(InModel)), $"who has taken over what, after HELLO {_hellos}");
        _back += messages.Length > 0 ? 1 : 0;
        _model.Tick();
        _broker.Broker.DropExpired();
        return hello;
    }

    private void AnswerAll(ModelSession session)
    {
        while (session.Client.Session.UnansweredSince is not null || session.Client.Session.OwnTopic!.IsUnconfirmed)
        {
            if (session.Client.Session.UnansweredSince is null)
                session.Client.Session.SendPing();
            Answer(session);
        }
    }

    private void Answer(ModelSession session)
    {
        session.Client.AnswerPing();
        _model.Answered(session);
    }

    private void End(ModelSession session)
    {
        _model.End(session);
        TestBroker.Leave(session.Client);
    }
}
