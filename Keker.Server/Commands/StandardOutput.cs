using Microsoft.Win32.SafeHandles;

namespace Keker.Server.Commands;

/// <summary>Standard output that tells when nobody reads it any more: the console of the runtime keeps that to itself. For one caller at a time.</summary>
internal sealed class StandardOutput : IDisposable
{
    private const int Descriptor = 1;

    private readonly Stream _stream = Open();

    /// <summary>Writes, and has it out when it returns.</summary>
    /// <exception cref="OutputException">It cannot be written.</exception>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _stream.Write(bytes);
            _stream.Flush();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new OutputException(e);
        }
    }

    public void Dispose() => _stream.Dispose();

    /// <summary>A file is left to the console: others may write to the same one, and a stream of its own would write over theirs.</summary>
    private static Stream Open()
    {
        if (OperatingSystem.IsWindows())
            return Console.OpenStandardOutput();
        var stream = new FileStream(new SafeFileHandle(Descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        if (!stream.CanSeek)
            return stream;
        stream.Dispose();
        return Console.OpenStandardOutput();
    }
}
