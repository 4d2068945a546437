using System.Text;
using static System.FormattableString;

namespace Keker.Benchmarks.Micro;

/// <summary>Text as backends publish it, the same on every run.</summary>
internal static class JsonText
{
    /// <summary>Records of a list, cut at a number of bytes.</summary>
    public static byte[] Create(int bytes)
    {
        var random = new Random(1);
        var text = new StringBuilder("[");
        while (text.Length < bytes)
            text.Append(Invariant($$"""{"id":{{random.Next()}},"user":"user-{{random.Next(1000)}}","price":{{random.Next(100_000)}}},"""));
        return Encoding.ASCII.GetBytes(text.ToString(0, bytes));
    }
}
