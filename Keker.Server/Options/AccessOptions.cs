using System.Collections.Immutable;

namespace Keker.Server.Options;

/// <summary>Who may say HELLO, and which topics everybody may have who has said it. Immutable; the defaults check nobody.</summary>
internal sealed record AccessOptions
{
    /// <summary>Keys of signed tokens.</summary>
    public ImmutableArray<JwtKey> Keys { get; init; } = [];

    /// <summary>The files that they come from.</summary>
    public ImmutableArray<string> KeyFiles { get; init; } = [];

    /// <summary>Where a set of public keys is to be had: an http or https URL, or the path of a file. Null for none.</summary>
    public string? KeySet { get; init; }

    /// <summary>Who has to have issued a token; null for anybody who has a key.</summary>
    public string? Issuer { get; init; }

    /// <summary>Whom a token has to be for; null for anybody.</summary>
    public string? Audience { get; init; }

    /// <summary>The backend that is asked who somebody is; null for none.</summary>
    public Uri? Backend { get; init; }

    /// <summary>Patterns of topics that need no right, as UTF-8.</summary>
    public ImmutableArray<byte[]> PublicTopics { get; init; } = [];

    /// <summary>Whether there are keys of signed tokens, or a place to get them.</summary>
    public bool HasKeys => !Keys.IsEmpty || KeySet is not null;

    /// <summary>Whether a HELLO is checked at all.</summary>
    public bool IsChecked => HasKeys || Backend is not null;
}
