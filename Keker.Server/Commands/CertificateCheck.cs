using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Keker.Server.Net;
using Keker.Server.Options;

namespace Keker.Server.Commands;

/// <summary>Whether the certificate and its key can be used, and how long.</summary>
internal static class CertificateCheck
{
    /// <summary>Time enough to see to another one.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromDays(14);

    /// <param name="options">The options.</param>
    /// <param name="now">The time, UTC.</param>
    public static IEnumerable<Finding> Find(KekerOptions options, DateTime now)
    {
        if (options.CertificatePath is not { } path)
            return [];
        string what = $"{OptionDefinitions.Certificate.Name} {Mistakes.Quote(path)}";
        try
        {
            // As the server does it: whatever it would not take is an error here.
            _ = new TlsUpgrade(path, options.KeyPath!);
            var all = new X509Certificate2Collection();
            all.ImportFromPemFile(path);
            return [.. all.Select((certificate, i) => Judge(certificate, i == 0 ? what : $"{what}, number {i + 1}", now))];
        }
        catch (CryptographicException e)
        {
            return [new Finding(FindingKind.Error, what, e.Message.ReplaceLineEndings(" "))];
        }
    }

    private static Finding Judge(X509Certificate2 certificate, string what, DateTime now)
    {
        DateTime begin = certificate.NotBefore.ToUniversalTime();
        DateTime end = certificate.NotAfter.ToUniversalTime();
        int days = (int)(end - now).TotalDays;
        if (begin > now)
            return new Finding(FindingKind.Error, what, $"is not valid yet: it begins on {begin:yyyy-MM-dd HH:mm} UTC");
        if (end <= now)
            return new Finding(FindingKind.Error, what, $"ended on {end:yyyy-MM-dd HH:mm} UTC");
        return end - now < Soon
            ? new Finding(FindingKind.Warning, what, $"ends in {days} days, on {end:yyyy-MM-dd HH:mm} UTC: renew it, and send SIGHUP")
            : new Finding(FindingKind.Ok, what, $"is good for {days} days, until {end:yyyy-MM-dd}");
    }
}
