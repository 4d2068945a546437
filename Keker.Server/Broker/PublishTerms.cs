namespace Keker.Server.Broker;

/// <summary>What a publisher asks for beside delivery; the same for all recipients of a message.</summary>
internal sealed class PublishTerms
{
    /// <summary>Gets the sessions that have to confirm the message; null when nobody waits for that.</summary>
    public Receipt? Receipt { get; init; }
}
