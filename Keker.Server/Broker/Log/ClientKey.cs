using Keker.Server.Broker.Sessions;

namespace Keker.Server.Broker.Log;

/// <summary>What tells one client of a topic from others: its token, and the mark of where and how it connects.</summary>
/// <param name="Token">What it says in its HELLO.</param>
/// <param name="Mark">See <see cref="ISessionTransport.Mark"/>.</param>
internal readonly record struct ClientKey(byte[] Token, ulong Mark)
{
    public bool Equals(ClientKey other) => Mark == other.Mark && Token.AsSpan().SequenceEqual(other.Token);

    public override int GetHashCode() => HashCode.Combine(Mark, TokenComparer.Hash(Token));
}
