extern alias vm;
using System.Net;
using vm::Launchpad.Shared.Vms;
using vm::Launchpad.Vm;
using vm::Launchpad.Vm.Backups;

namespace Launchpad.Vm.Tests.Unit;

/// <summary>What a machine makes of a store that fails: a call that may have had its effect is told from one that was refused.</summary>
public sealed class BlobStoreTests
{
    private static readonly Uri s_address = new("http://store.example/backups/one?sp=ac&sig=canary");
    private static readonly byte[] s_block = [1, 2, 3];

    [Fact]
    public async Task Blocks_are_appended_where_the_last_one_ended()
    {
        var fake = new Store(_ => new(HttpStatusCode.Created));
        using var store = Over(fake);
        await store.CreateAsync();
        await store.AppendAsync(s_block, 7);
        Assert.Equal(
            ["PUT ?sp=ac&sig=canary AppendBlob 0", "PUT ?sp=ac&sig=canary&comp=appendblock 7 3"],
            fake.Calls);
    }

    [Theory]
    [InlineData(HttpStatusCode.InternalServerError)]
    [InlineData(HttpStatusCode.RequestTimeout)]
    [InlineData((HttpStatusCode)0)]
    public async Task A_block_that_was_appended_before_its_answer_was_lost_is_not_appended_again(HttpStatusCode lost)
    {
        var fake = new Store(call => call == 0 ? Answer(lost) : new(HttpStatusCode.PreconditionFailed));
        using var store = Over(fake);
        await store.AppendAsync(s_block, 0);
        Assert.Equal(2, fake.Calls.Count);
    }

    [Theory]
    [InlineData(HttpStatusCode.Conflict)]
    [InlineData(HttpStatusCode.Forbidden)]
    public async Task A_blob_that_was_made_before_its_answer_was_lost_is_the_one(HttpStatusCode second)
    {
        using var store = Over(new Store(call => call == 0 ? Answer(0) : new(second)));
        await store.CreateAsync();
    }

    [Theory]
    [InlineData(HttpStatusCode.Conflict)]
    [InlineData(HttpStatusCode.Forbidden)]
    [InlineData(HttpStatusCode.NotFound)]
    [InlineData(HttpStatusCode.PreconditionFailed)]
    public async Task A_refusal_at_the_first_time_is_one_and_says_all_but_the_address(HttpStatusCode status)
    {
        foreach (var call in (Func<BlobStore, Task>[])[store => store.CreateAsync(), store => store.AppendAsync(s_block, 0)])
        {
            // Throttled is not uncertain: nothing was done.
            using var store = Over(new Store(number => number == 0 ? Answer(HttpStatusCode.TooManyRequests) : Answer(status, "SomeCode")));
            var failure = await Assert.ThrowsAsync<VmFailure>(() => call(store));
            Assert.Equal((VmErrorCode.StoreRefused, false), (failure.Code, failure.Retryable));
            Assert.Contains($"{(int)status} SomeCode", failure.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("canary", failure.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_store_that_stays_away_is_unreachable_after_a_while_and_one_that_says_when_is_believed()
    {
        using var away = Over(new Store(_ => Answer(0)));
        var failure = await Assert.ThrowsAsync<VmFailure>(() => away.AppendAsync(s_block, 0));
        Assert.Equal((VmErrorCode.StoreUnreachable, false), (failure.Code, failure.Retryable));
        Assert.DoesNotContain("canary", failure.ToString(), StringComparison.Ordinal);

        var fake = new Store(call =>
        {
            var answer = Answer(call == 0 ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.Created);
            answer.Headers.RetryAfter = new(TimeSpan.FromSeconds(60));
            return answer;
        });
        using var busy = Over(fake);
        Assert.Equal(VmErrorCode.StoreUnreachable, (await Assert.ThrowsAsync<VmFailure>(() => busy.AppendAsync(s_block, 0))).Code);
        Assert.Single(fake.Calls);
    }

    [Fact]
    public async Task What_is_cut_off_while_it_is_read_goes_on_where_it_ended()
    {
        byte[] content = [.. Enumerable.Range(0, 100).Select(number => (byte)number)];
        var sent = 0;
        var fake = new Store(call =>
        {
            if (call == 1)
            {
                return Answer(0);
            }

            var part = content[sent..Math.Min(sent + 40, 90)];
            sent += part.Length;
            return new(HttpStatusCode.PartialContent) { Content = new ByteArrayContent(part) };
        });
        using var store = Over(fake);
        List<byte> read = [];
        Assert.Equal(90, await store.ReadAsync(100, bytes => read.AddRange(bytes.Span)));
        Assert.Equal(content[..90], read);
        Assert.Equal(["bytes=0-99", "bytes=40-99", "bytes=40-99", "bytes=80-99", "bytes=90-99"], fake.Ranges);
    }

    private static BlobStore Over(Store store) =>
        new(s_address, store) { Patience = TimeSpan.FromSeconds(1), FirstPause = TimeSpan.FromMilliseconds(10) };

    /// <summary>0 stands for a connection that broke after everything was sent.</summary>
    private static HttpResponseMessage Answer(HttpStatusCode status, string? code = null)
    {
        if (status is 0)
        {
            throw new HttpRequestException(HttpRequestError.ResponseEnded);
        }

        var answer = new HttpResponseMessage(status);
        if (code is not null)
        {
            answer.Headers.Add("x-ms-error-code", code);
        }

        return answer;
    }

    private sealed class Store(Func<int, HttpResponseMessage> answer) : HttpMessageHandler
    {
        public List<string> Calls { get; } = [];

        public List<string> Ranges { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            string Header(string name) => request.Headers.TryGetValues(name, out var values) ? values.Single() : "";
            var number = Calls.Count;
            var content = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken);
            Calls.Add($"{request.Method} {request.RequestUri!.Query} {Header("x-ms-blob-type")}{Header("x-ms-blob-condition-appendpos")} {content.Length}");
            Ranges.Add(Header("x-ms-range"));
            Assert.Equal("2022-11-02", Header("x-ms-version"));
            return answer(number);
        }
    }
}
