using Keker.Server.Client;
using Keker.Server.Net;
using Keker.Server.Options;

namespace Keker.Server.Commands;

/// <summary>Whether the server could listen where it is told to, and who is there otherwise.</summary>
internal static class AddressCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static async IAsyncEnumerable<Finding> FindAsync(KekerOptions options)
    {
        using var trial = new BindTrial();
        foreach ((OptionDefinition option, ListenAddress address) in options.Listen.Select(address => (OptionDefinitions.Listen, address))
            .Concat(options.AdminListen.Select(address => (OptionDefinitions.AdminListen, address))))
        {
            string what = $"{option.Name} {Mistakes.Quote(address.ToString())}";
            string? reason = trial.Try(address, out bool isInUse);
            if (reason is null)
                yield return new Finding(FindingKind.Ok, what, "can be bound");
            else if (isInUse && await AnswersAsync(address, options.CertificatePath is not null).ConfigureAwait(false))
                yield return new Finding(FindingKind.Warning, what, "a kekerd serves there already: stop it before another one starts");
            else
                yield return new Finding(FindingKind.Error, what, reason);
        }
    }

    /// <summary>Whether a kekerd answers there, with TLS or without. Its certificate may be a new one, or one that has ended: it is only asked who it is.</summary>
    private static async Task<bool> AnswersAsync(ListenAddress address, bool isSecure)
    {
        if (address.IsProxied)
            return false;
        foreach (bool tries in (bool[])[isSecure, !isSecure])
        {
            try
            {
                using var client = new ApiClient(ServerUrl.Of(address, tries && address.Kind == ListenKind.Tcp), key: null, trustsAnybody: true);
                ApiAnswer answer = await client.SendAsync(HttpMethod.Get, "/v1/health", Patience).ConfigureAwait(false);
                if (answer.IsKekers && answer.Status is 200 or 503)
                    return true;
            }
            catch (Exception e) when (e is ClientException or StartException)
            {
                // Somebody else, or with TLS where this is without, or cannot be.
            }
        }
        return false;
    }
}
