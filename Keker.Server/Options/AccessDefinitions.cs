using System.Collections.Immutable;
using static Keker.Server.Options.Applying;

namespace Keker.Server.Options;

/// <summary>The options that say who may.</summary>
internal static class AccessDefinitions
{
    public static readonly OptionDefinition Key = new(
        "--jwt-key", "@FILE", "HELLO takes a signed token: the secret (32 bytes or more) or the PEM public key to check it with; SIGHUP reloads",
        ApplyKeys)
    {
        Default = "none, HELLO is not checked",
        Repeatable = true,
        GuardsAccess = true,
    };

    public static readonly OptionDefinition KeySet = new(
        "--jwt-jwks", "URL/PATH", "the same with the public keys of a JSON Web Key Set",
        OneSecret(AccessValues.KeySet, (options, place) => options with { Access = options.Access with { KeySet = place } }))
    {
        IsSecret = true,
        GuardsAccess = true,
    };

    public static readonly OptionDefinition Issuer = new(
        "--jwt-issuer", "TEXT", "the iss that a token must have",
        One(AccessValues.Text, (options, issuer) => options with { Access = options.Access with { Issuer = issuer } }))
    {
        Default = "any",
        GuardsAccess = true,
    };

    public static readonly OptionDefinition Audience = new(
        "--jwt-audience", "TEXT", "the aud that a token must have, alone or among others",
        One(AccessValues.Text, (options, audience) => options with { Access = options.Access with { Audience = audience } }))
    {
        Default = "any",
        GuardsAccess = true,
    };

    public static readonly OptionDefinition Backend = new(
        "--auth-url", "URL", "asked with POST for every HELLO that is no signed token: who it is, and what it may",
        OneSecret(AccessValues.Url, (options, url) => options with { Access = options.Access with { Backend = url } }))
    {
        IsSecret = true,
        GuardsAccess = true,
    };

    public static readonly OptionDefinition PublicTopic = new(
        "--public-topic", "PATTERN", "a topic that whoever passes HELLO may subscribe to; * at the end stands for anything",
        Many<byte[]>(AccessValues.Pattern, (options, patterns) => options with { Access = options.Access with { PublicTopics = patterns } }))
    {
        Repeatable = true,
    };

    public static readonly ImmutableArray<OptionDefinition> All = [Key, KeySet, Issuer, Audience, Backend, PublicTopic];

    /// <summary>A key is told by its place only: what goes to standard error ends up in a log.</summary>
    private static KekerOptions ApplyKeys(KekerOptions options, IReadOnlyList<GivenValue> values, Mistakes mistakes)
    {
        ImmutableArray<JwtKey>.Builder keys = ImmutableArray.CreateBuilder<JwtKey>(values.Count);
        for (int i = 0; i < values.Count; i++)
        {
            if (JwtKeys.Read(values[i].Text, out string? mistake) is { } key)
                keys.Add(key);
            else
                mistakes.Add(values.Count == 1 ? values[i].Source : $"{values[i].Source} (number {i + 1})", mistake!);
        }
        ImmutableArray<string> files = [.. values.Select(value => JwtKeys.PathIn(value.Text))];
        return options with { Access = options.Access with { Keys = keys.ToImmutable(), KeyFiles = files } };
    }
}
