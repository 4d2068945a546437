namespace Keker.Server.Broker;

/// <summary>What a publisher asks for beside delivery; the same for all recipients of a message. Immutable.</summary>
internal sealed class PublishTerms
{
    /// <summary>How long the message may wait for a recipient who is absent, whatever the limits say; null leaves it to them.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>Where it waits, the message replaces an earlier one with the same key; null replaces nothing.</summary>
    public byte[]? CollapseKey { get; init; }
}
