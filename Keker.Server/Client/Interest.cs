using Keker.Protocol.Commands;

namespace Keker.Server.Client;

/// <summary>What a client wants to hear. Immutable.</summary>
/// <param name="Token">AUTH_INFO, or a signed token.</param>
/// <param name="Topics">The topics, each once.</param>
internal sealed record Interest(string Token, IReadOnlyList<string> Topics)
{
    /// <summary>Whose the id is that the client has: the token's own name in tagged mode, or a topic.</summary>
    public string? Known { get; init; }

    /// <summary>The last message that the client has of it.</summary>
    public MessageId Id { get; init; }
}
