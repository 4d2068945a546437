using System.Security.Cryptography;
using System.Text;

namespace Keker.Server.Options;

/// <summary>Reads the files of <c>--jwt-key</c>: a secret, or a public key in PEM.</summary>
internal static class JwtKeys
{
    /// <summary>No key is larger: the file may be the wrong one, or a device that does not end.</summary>
    private const int MostFileBytes = 64 * 1024;

    private const char FileMark = '@';

    private static readonly string[] Curves = ["1.2.840.10045.3.1.7", "1.3.132.0.34", "1.3.132.0.35"];

    /// <summary>The path in a value; empty where there is none.</summary>
    public static string PathIn(string text) => text.StartsWith(FileMark) ? text[1..] : "";

    /// <param name="text">@ and the path of the file.</param>
    /// <param name="mistake">What is wrong, without a word of the value, which may be a key by mistake; null when all is well.</param>
    /// <exception cref="StartException">It is a public key, and there is no OpenSSL to read it with.</exception>
    public static JwtKey? Read(string text, out string? mistake)
    {
        if (PathIn(text).Length == 0)
        {
            mistake = "expected @ and the path of a file with the key";
            return null;
        }
        byte[] content;
        try
        {
            byte[] buffer = new byte[MostFileBytes + 1];
            using FileStream file = File.OpenRead(PathIn(text));
            content = buffer[..file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false)];
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            mistake = "the file after @ does not exist";
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            mistake = "the file after @ cannot be read";
            return null;
        }
        if (content.Length > MostFileBytes)
        {
            mistake = $"the file after @ has more than {MostFileBytes} bytes and is no key";
            return null;
        }

        // A public key must never serve as the secret that everybody knows.
        if (PublicKeyForms.IsOne(content))
        {
            mistake = "the file after @ holds a key in another form than PEM, which would be taken as a secret: convert it, such as: openssl pkey -pubin -inform DER";
            return null;
        }
        return content.AsSpan().IndexOf("-----BEGIN"u8) >= 0 ? ReadPem(Encoding.Latin1.GetString(content), out mistake) : ReadSecret(content, out mistake);
    }

    private static JwtKey? ReadSecret(ReadOnlySpan<byte> content, out string? mistake)
    {
        // Of a text the end of the line is no part; bytes are taken as they are.
        bool isText = content.IndexOfAnyExcept(" \t\r\n"u8) >= 0 && !content.ContainsAnyExceptInRange((byte)'\t', (byte)'~');
        ReadOnlySpan<byte> secret = isText ? content.TrimEnd("\r\n"u8) : content;
        mistake = secret.Length >= JwtKey.LeastSecretBytes
            ? null
            : $"expected in the file after @ a secret of {JwtKey.LeastSecretBytes} bytes or more, such as: openssl rand -hex 32; or a public key in PEM";
        return mistake is null ? new JwtKey { Secret = secret.ToArray() } : null;
    }

    private static JwtKey? ReadPem(string pem, out string? mistake)
    {
        mistake = "expected in the file after @ one public key in PEM: RSA of 2048 bits or more, or EC on P-256, P-384 or P-521";
        if (pem.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
        {
            mistake = "the file after @ holds a private key, which belongs to the issuer alone: give the public one, such as: openssl pkey -pubout";
            return null;
        }
        OpenSsl.Require("a public key of --jwt-key");
        if (TryReadRsa(pem) is { } rsa)
        {
            mistake = null;
            return rsa;
        }
        if (TryReadCurve(pem) is { } curve)
        {
            mistake = null;
            return curve;
        }
        return null;
    }

    private static JwtKey? TryReadRsa(string pem)
    {
        try
        {
            using var rsa = RSA.Create();
            rsa.ImportFromPem(pem);
            return rsa.KeySize >= JwtKey.LeastRsaBits ? new JwtKey { Rsa = rsa.ExportParameters(includePrivateParameters: false) } : null;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            return null;
        }
    }

    private static JwtKey? TryReadCurve(string pem)
    {
        try
        {
            using var key = ECDsa.Create();
            key.ImportFromPem(pem);
            ECParameters parameters = key.ExportParameters(includePrivateParameters: false);
            return Curves.Contains(parameters.Curve.Oid.Value) ? new JwtKey { Curve = parameters } : null;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            return null;
        }
    }
}
