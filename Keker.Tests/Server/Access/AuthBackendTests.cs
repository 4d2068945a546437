using Keker.Server.Access;
using Keker.Server.Observability;
using Keker.Tests.EndToEnd;
using Keker.Tests.EndToEnd.Signed;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Keker.Tests.Server.Access;

/// <summary>A backend that does not answer.</summary>
internal sealed class AuthBackendTests
{
    [Test]
    public async Task Who_waits_too_long_for_a_turn_is_not_asked_about_any_more()
    {
        var time = new FakeTimeProvider();
        await using var stub = new StubServer(_ => null);
        using var backend = new AuthBackend(new Uri(stub.Url), time, NullLogger.Instance);
        var visitor = new Visitor([], Origin: null, UserAgent: null);
        Task<Decision>[] asked = [.. Enumerable.Range(0, 1000).Select(_ => backend.AskAsync("a"u8.ToArray(), visitor))];
        Assert.That(asked.Count(static task => task.IsCompleted), Is.Zero);

        time.Advance(TimeSpan.FromSeconds(30));

        // 256 had their turn, and as many may have it now.
        await WaitAsync(() => asked.Count(static task => task.IsCompleted) >= 1000 - 256);
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.That((await Task.WhenAll(asked)).Select(static decision => decision.Reason), Has.All.EqualTo(RefusalReason.Undecided));
        Assert.That(stub.Asked, Has.Count.LessThanOrEqualTo(512));
    }

    private static async Task WaitAsync(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(Patience.Limit);
        while (!condition())
            await Task.Delay(10, deadline.Token);
    }
}
