using Keker.Server.Net;
using Keker.Tests.EndToEnd;
using Microsoft.Extensions.Time.Testing;

namespace Keker.Tests.Server.Net;

internal sealed class AcceptBackOffTests
{
    private const string NoDescriptors = "no descriptors";

    private readonly FakeTimeProvider _time = new();
    private readonly LogRecorder _log = new();
    private int _refused;

    [Test]
    public async Task Waits_grow_from_10_ms_to_one_second_and_start_over_once_accepting_works()
    {
        var backOff = new AcceptBackOff(_time, _log);

        foreach (int milliseconds in new[] { 10, 20, 40, 80, 160, 320, 640, 1000, 1000, 1000 })
            await ExpectWaitAsync(backOff, milliseconds);
        backOff.Reset();
        await ExpectWaitAsync(backOff, 10);
    }

    [Test]
    public async Task Each_failure_turns_one_waiting_peer_away_with_the_descriptor_in_reserve()
    {
        _refused = 0;
        var backOff = new AcceptBackOff(_time, _log);

        for (int i = 0; i < 3; i++)
            await ExpectWaitAsync(backOff, 10 << i);

        Assert.That(_refused, Is.EqualTo(3));
    }

    [Test]
    public async Task It_says_so_at_most_every_10_seconds_and_once_when_it_is_over()
    {
        var log = new LogRecorder();
        var backOff = new AcceptBackOff(_time, log);

        backOff.Reset();
        Assert.That(log.Lines, Is.Empty, "nothing was wrong");
        for (int i = 0; i < 30; i++)
        {
            Task wait = backOff.WaitAsync(NoDescriptors, () => { }, CancellationToken.None);
            _time.Advance(TimeSpan.FromSeconds(1));
            await wait.Soon("the back-off");
        }
        backOff.Reset();
        backOff.Reset();

        Assert.That(log.Lines.Count(line => line.StartsWith("Warning: cannot accept connections", StringComparison.Ordinal)), Is.EqualTo(3));
        Assert.That(log.Lines.Count(line => line == "Information: accepting connections again"), Is.EqualTo(1));
    }

    [Test]
    public async Task At_the_limit_where_it_comes_and_goes_it_does_not_say_so_each_time()
    {
        var log = new LogRecorder();
        var backOff = new AcceptBackOff(_time, log);

        for (int i = 0; i < 100; i++)
        {
            Task wait = backOff.WaitAsync(NoDescriptors, () => { }, CancellationToken.None);
            _time.Advance(TimeSpan.FromMilliseconds(90));
            await wait.Soon("the back-off");
            backOff.Reset();
        }

        Assert.That(log.Lines.Count(line => line.StartsWith("Warning:", StringComparison.Ordinal)), Is.EqualTo(1));
        Assert.That(log.Lines.Count(line => line.StartsWith("Information:", StringComparison.Ordinal)), Is.EqualTo(1));
    }

    [Test]
    public async Task Stopping_ends_the_wait()
    {
        var backOff = new AcceptBackOff(_time, _log);
        using var stopped = new CancellationTokenSource();
        Task wait = backOff.WaitAsync(NoDescriptors, () => { }, stopped.Token);

        await stopped.CancelAsync();

        await wait.Soon("the back-off");
    }

    private async Task ExpectWaitAsync(AcceptBackOff backOff, int milliseconds)
    {
        Task wait = backOff.WaitAsync(NoDescriptors, () => _refused++, CancellationToken.None);
        _time.Advance(TimeSpan.FromMilliseconds(milliseconds - 1));
        Assert.That(wait.IsCompleted, Is.False, $"before {milliseconds} ms");
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await wait.Soon($"{milliseconds} ms");
    }
}
