using Keker.Protocol.Json;

namespace Keker.Tests.Protocol.Json;

[TestFixture]
internal sealed class BatchLineAllocationTests
{
    [Test]
    public void A_parser_in_use_allocates_nothing()
    {
        BatchLine parser = new();
        byte[][] lines =
        [
            """{"token":["a","\u00f6"],"topic":"n","data":"hello\n€","ttl":5,"collapse_key":"c","idempotency_key":"i"}"""u8.ToArray(),
            """{"token":"a","base64":"AAAAAAAA"}"""u8.ToArray(),
            """{"token":"a","json":{"a":[1,2,{"b":null}]}}"""u8.ToArray(),
            """{"token":"a","colour":1}"""u8.ToArray(),
            "hello"u8.ToArray(),
        ];
        int good = 0;

        long allocated = Allocations.Least(() =>
        {
            good = 0;
            foreach (byte[] line in lines)
                good += parser.Parse(line) == BatchLineStatus.Ok ? 1 : 0;
        });

        Assert.That((good, allocated), Is.EqualTo((3, 0L)));
    }
}
