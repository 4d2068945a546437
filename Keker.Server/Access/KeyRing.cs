using Keker.Protocol.Tokens;
using Keker.Server.Observability;

namespace Keker.Server.Access;

/// <summary>The keys in force, and what was found good with them: with other keys all is checked anew. Thread-safe.</summary>
internal sealed class KeyRing(IReadOnlyList<VerificationKey> keys)
{
    /// <summary>Keys that one token is tried with at the most: signatures are dear, and strangers decide how often one is checked.</summary>
    public const int MostTried = 8;

    /// <summary>Tokens that are signed with one of them.</summary>
    public VerifiedTokens Verified { get; } = new();

    /// <summary>
    /// More keys without a name (<c>kid</c>) than a token is tried with would be keys that never count, and whoever has signed with one would not know why.
    /// </summary>
    /// <exception cref="FormatException">There are more, for one algorithm.</exception>
    public static void RequireTriable(IEnumerable<VerificationKey> keys)
    {
        if (FindLargeFamily(keys.Where(static key => key.Id is null)) is { } family)
            throw new FormatException($"{family.Count} keys for {family.Algorithm} have no name (kid), and a token is tried with {MostTried} at the most");
    }

    /// <summary>The algorithm for which there are more keys than a token without a name is tried with, and how many; null for none.</summary>
    public static (string Algorithm, int Count)? FindLargeFamily(IEnumerable<VerificationKey> keys)
    {
        foreach (IGrouping<string, string> family in keys.SelectMany(static key => key.Algorithms).GroupBy(static algorithm => algorithm))
        {
            if (family.Count() > MostTried)
                return (family.Key, family.Count());
        }
        return null;
    }

    /// <summary>Whether a token names a key that nothing in here is called.</summary>
    public bool IsUnknown(SignedToken token) => token.KeyId is { } id && !keys.Any(key => key.Id == id);

    /// <summary>The keys that a token may be signed with: of its algorithm, and of its name where both have one; those of its very name first.</summary>
    /// <param name="token">The token.</param>
    /// <param name="reason">Why there is none.</param>
    public VerificationKey[] Find(SignedToken token, out RefusalReason reason)
    {
        VerificationKey[] family = [.. keys.Where(key => key.Algorithms.Contains(token.Algorithm))];
        VerificationKey[] found =
        [
            .. family.Where(key => key.Id is null || token.KeyId is null || key.Id == token.KeyId).OrderBy(key => key.Id is null || key.Id != token.KeyId).Take(MostTried),
        ];
        reason = family.Length == 0 ? RefusalReason.Algorithm : found.Length == 0 ? RefusalReason.UnknownKey : RefusalReason.None;
        return found;
    }
}
