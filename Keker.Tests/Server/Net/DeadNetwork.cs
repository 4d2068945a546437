using System.Net.Sockets;

namespace Keker.Tests.Server.Net;

/// <summary>Takes a peer off the network without a word: a filter of its own socket drops every packet that comes, so that none is acknowledged. Linux.</summary>
internal static unsafe class DeadNetwork
{
    private const int SocketLevel = 1;
    private const int AttachFilter = 26;

    /// <summary>BPF_RET | BPF_K, and the number of bytes that pass: none.</summary>
    private static readonly ulong DropAll = 0x06;

    public static void Cut(Socket socket)
    {
        ulong instruction = DropAll;
        Span<byte> program = stackalloc byte[2 * sizeof(ulong)];
        BitConverter.TryWriteBytes(program, (ulong)1);
        BitConverter.TryWriteBytes(program[sizeof(ulong)..], (ulong)&instruction);
        socket.SetRawSocketOption(SocketLevel, AttachFilter, program);
    }
}
