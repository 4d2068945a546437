namespace Keker.Server.Broker;

/// <summary>One whom a message is for.</summary>
/// <param name="IsTopic">True for a topic that sessions subscribe to by name, false for a token.</param>
/// <param name="Start">Where its name begins in the list's bytes.</param>
/// <param name="Length">Bytes of its name.</param>
internal readonly record struct Recipient(bool IsTopic, int Start, int Length)
{
    /// <summary>Its name.</summary>
    public ReadOnlySpan<byte> NameIn(byte[] names) => names.AsSpan(Start, Length);
}
