using System.Net;
using Keker.Server.Access;
using Keker.Server.Options;

namespace Keker.Server.Commands;

/// <summary>Who may, as the options have it, and whether the set of keys can be had.</summary>
internal static class KeyCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <exception cref="StartException">There is no OpenSSL, which signed tokens need.</exception>
    public static async IAsyncEnumerable<Finding> FindAsync(KekerOptions options)
    {
        if (options.Access.HasKeys)
            OpenSsl.Require("checking signed tokens");
        if (!options.PublishKeys.IsEmpty)
            yield return new Finding(FindingKind.Ok, OptionDefinitions.PublishKey.Name, $"{options.PublishKeys.Length} can be read");
        else if (options.AdminListen.IsEmpty)
            yield return new Finding(FindingKind.Warning, OptionDefinitions.PublishKey.Name, $"none: whoever reaches the server may publish; see also {OptionDefinitions.AdminListen.Name}");
        if (options.AllowedOrigins.IsEmpty)
            yield return new Finding(FindingKind.Warning, OptionDefinitions.AllowOrigin.Name, "none: pages of any origin may subscribe");
        if (!options.Access.Keys.IsEmpty)
            yield return JudgeGiven(options.Access);
        if (options.Access.KeySet is { } place)
            yield return await JudgeSetAsync(place, options.Access).ConfigureAwait(false);
    }

    /// <summary>A file has to be there when the server starts; a URL is asked again until it answers.</summary>
    private static async Task<Finding> JudgeSetAsync(string place, AccessOptions access)
    {
        string what = $"{AccessDefinitions.KeySet.Name} {Mistakes.Quote(EffectiveSettings.Place(place))}";
        bool isUrl = place.Contains("://", StringComparison.Ordinal);
        try
        {
            byte[] json = isUrl ? await FetchAsync(place).ConfigureAwait(false) : await ReadAsync(place).ConfigureAwait(false);
            return new Finding(FindingKind.Ok, what, $"{KeySet.Read(json, access).Count} keys");
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException || Outgoing.IsFailure(e))
        {
            string reason = e is OperationCanceledException ? $"no answer within {Patience.TotalSeconds:0} s" : e.Message.ReplaceLineEndings(" ");
            return isUrl
                ? new Finding(FindingKind.Warning, what, $"{reason}; until it can be had no token is let in")
                : new Finding(FindingKind.Error, what, reason);
        }
    }

    private static Finding JudgeGiven(AccessOptions access)
    {
        try
        {
            KeyRing.RequireTriable(access.Keys.Select(key => VerificationKey.Of(key, access)));
            return new Finding(FindingKind.Ok, AccessDefinitions.Key.Name, $"{access.Keys.Length} can be read");
        }
        catch (FormatException e)
        {
            return new Finding(FindingKind.Error, AccessDefinitions.Key.Name, e.Message);
        }
    }

    private static async Task<byte[]> ReadAsync(string path)
    {
        byte[] buffer = new byte[KeySet.MostBytes + 1];
        FileStream file = File.OpenRead(path);
        await using (file.ConfigureAwait(false))
        {
            int length = await file.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false).ConfigureAwait(false);
            return length <= KeySet.MostBytes ? buffer[..length] : throw new FormatException($"it has more than {KeySet.MostBytes} bytes");
        }
    }

    private static async Task<byte[]> FetchAsync(string url)
    {
        using HttpClient client = Outgoing.CreateClient(mostConnections: 1);
        using var deadline = new CancellationTokenSource(Patience);
        using HttpResponseMessage response = await client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, deadline.Token).ConfigureAwait(false);
        return response.StatusCode == HttpStatusCode.OK
            ? await Outgoing.ReadAsync(response, KeySet.MostBytes, deadline.Token).ConfigureAwait(false)
            : throw new HttpRequestException($"the answer is {(int)response.StatusCode}");
    }
}
