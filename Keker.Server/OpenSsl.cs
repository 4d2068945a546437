using System.Runtime.InteropServices;

namespace Keker.Server;

/// <summary>The system's library for TLS and signatures. Stateless, thread-safe.</summary>
internal static class OpenSsl
{
    private static readonly string[] Names = ["libssl.so.3", "libssl.so.1.1", "libssl.so"];

    /// <summary>The runtime ends the process when it needs the library and finds none; an operator deserves a sentence before.</summary>
    /// <param name="what">What needs it.</param>
    /// <exception cref="StartException">There is none.</exception>
    public static void Require(string what)
    {
        if (OperatingSystem.IsLinux() && !Array.Exists(Names, name => NativeLibrary.TryLoad(name, out _)))
            throw new StartException($"{what} needs OpenSSL, and there is none here: install libssl3");
    }
}
