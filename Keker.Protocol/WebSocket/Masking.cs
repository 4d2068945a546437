using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Keker.Protocol.WebSocket;

/// <summary>The XOR mask of client frames (RFC 6455 5.3); masking and unmasking are the same. Stateless, thread-safe.</summary>
public static class Masking
{
    /// <summary>Writes <paramref name="source"/> XOR the repeated key to <paramref name="destination"/>.</summary>
    /// <param name="source">Bytes of one frame's payload.</param>
    /// <param name="destination">At least as long as the source; the same memory, or memory that does not overlap it.</param>
    /// <param name="key">The four bytes of the masking key read as a little-endian number.</param>
    /// <param name="phase">Position of the first byte in the frame's payload; only its value modulo 4 matters.</param>
    /// <exception cref="ArgumentOutOfRangeException">The destination is shorter than the source.</exception>
    public static void Apply(ReadOnlySpan<byte> source, Span<byte> destination, uint key, int phase)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, source.Length, nameof(destination));
        ref byte from = ref MemoryMarshal.GetReference(source);
        ref byte to = ref MemoryMarshal.GetReference(destination);
        nuint length = (nuint)source.Length;
        key = Advance(key, (nuint)(phase & 3));

        if (Vector512.IsHardwareAccelerated && length >= (nuint)Vector512<byte>.Count)
            Apply512(ref from, ref to, length, key);
        else if (Vector256.IsHardwareAccelerated && length >= (nuint)Vector256<byte>.Count)
            Apply256(ref from, ref to, length, key);
        else if (Vector128.IsHardwareAccelerated && length >= (nuint)Vector128<byte>.Count)
            Apply128(ref from, ref to, length, key);
        else
            ApplyWords(ref from, ref to, length, key);
    }

    /// <summary>The key as it stands <paramref name="bytes"/> further in the payload, so that its low byte comes next.</summary>
    internal static uint Advance(uint key, nuint bytes) => BitOperations.RotateRight(key, (int)(bytes & 3) * 8);

    // Each Apply* masks the last vector of the input before the loop, as in place the loop may overwrite the bytes the
    // two share, and stores it after the loop: no byte-wise tail, and each byte is masked from its original. The length is
    // at least one vector. Internal, so that each width is tested whatever the machine would choose.

    internal static void Apply512(ref byte from, ref byte to, nuint length, uint key)
    {
        Vector512<byte> mask = Vector512.Create(key).AsByte();
        nuint last = length - (nuint)Vector512<byte>.Count;
        Vector512<byte> tail = Vector512.LoadUnsafe(ref from, last) ^ Vector512.Create(Advance(key, last)).AsByte();
        for (nuint i = 0; i < last; i += (nuint)Vector512<byte>.Count)
            (Vector512.LoadUnsafe(ref from, i) ^ mask).StoreUnsafe(ref to, i);
        tail.StoreUnsafe(ref to, last);
    }

    internal static void Apply256(ref byte from, ref byte to, nuint length, uint key)
    {
        Vector256<byte> mask = Vector256.Create(key).AsByte();
        nuint last = length - (nuint)Vector256<byte>.Count;
        Vector256<byte> tail = Vector256.LoadUnsafe(ref from, last) ^ Vector256.Create(Advance(key, last)).AsByte();
        for (nuint i = 0; i < last; i += (nuint)Vector256<byte>.Count)
            (Vector256.LoadUnsafe(ref from, i) ^ mask).StoreUnsafe(ref to, i);
        tail.StoreUnsafe(ref to, last);
    }

    internal static void Apply128(ref byte from, ref byte to, nuint length, uint key)
    {
        Vector128<byte> mask = Vector128.Create(key).AsByte();
        nuint last = length - (nuint)Vector128<byte>.Count;
        Vector128<byte> tail = Vector128.LoadUnsafe(ref from, last) ^ Vector128.Create(Advance(key, last)).AsByte();
        for (nuint i = 0; i < last; i += (nuint)Vector128<byte>.Count)
            (Vector128.LoadUnsafe(ref from, i) ^ mask).StoreUnsafe(ref to, i);
        tail.StoreUnsafe(ref to, last);
    }

    private static void ApplyWords(ref byte from, ref byte to, nuint length, uint key)
    {
        nuint i = 0;
        for (; i + sizeof(uint) <= length; i += sizeof(uint))
        {
            uint word = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref from, i)) ^ key;
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, i), word);
        }

        for (; i < length; i++, key >>= 8)
            Unsafe.Add(ref to, i) = (byte)(Unsafe.Add(ref from, i) ^ (byte)key);
    }
}
