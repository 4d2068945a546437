using System.Net;
using Keker.Benchmarks.Soak;

namespace Keker.Benchmarks.Chaos;

/// <summary>What is published in a run, and how fast.</summary>
/// <param name="heavy">Tokens that get large messages, more than the kernel buffers of a dead connection take.</param>
/// <param name="ordinary">Tokens and topics that get small messages, and now and then a larger one.</param>
/// <param name="picky">Tokens of which one client has a read limit.</param>
/// <param name="crowd">The token with many sessions, or none.</param>
internal sealed class ChaosStreams(MessageStream[] heavy, MessageStream[] ordinary, MessageStream[] picky, MessageStream[] crowd)
{
    private const int Publishers = 6;

    /// <summary>Requests that every other publisher sends before it reads the answers.</summary>
    private const int Pipelined = 8;

    /// <summary>Every so many-th message is larger.</summary>
    private const int LargeEach = 20;
    private const int LeastLarge = 1 << 10;
    private const int MostLarge = 16 << 10;
    private const int MostSmall = 400;

    /// <summary>Every so many-th message to a picky client is more than it takes.</summary>
    private const int TooLargeEach = 8;

    /// <summary>Messages a second to the crowd; each is sent many times.</summary>
    private const int CrowdRate = 10;

    public IEnumerable<SoakPublisher> MakePublishers(EndPoint server, Totals totals, ChaosOptions options)
    {
        if (heavy.Length > 0)
            yield return new SoakPublisher(server, totals, heavy, heavy.Length * ChaosOptions.HeavyRate, 1, () => Payload.MaxLength, mayWait: true);
        for (int i = 0; i < Publishers; i++)
        {
            MessageStream[] own = [.. ordinary.Where(stream => stream.Index % Publishers == i)];
            if (own.Length > 0)
                yield return new SoakPublisher(server, totals, own, own.Length * options.Rate, i % 2 == 0 ? Pipelined : 1, Lengths(options, i, LargeEach, LeastLarge), mayWait: true);
        }
        if (picky.Length > 0)
            yield return new SoakPublisher(server, totals, picky, picky.Length * options.Rate, 1, Lengths(options, Publishers, TooLargeEach, PickyClient.MostBytes + 1));
        if (crowd.Length > 0)
            yield return new SoakPublisher(server, totals, crowd, CrowdRate, 1, Lengths(options, Publishers + 1, LargeEach, LeastLarge));
    }

    private static Func<int> Lengths(ChaosOptions options, int publisher, int largeEach, int leastLarge)
    {
        var random = new Random(options.SeedOf(-1 - publisher));
        return () => random.Next(largeEach) == 0 ? random.Next(leastLarge, MostLarge) : random.Next(Payload.MinLength, MostSmall);
    }
}
