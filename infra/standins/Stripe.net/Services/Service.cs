using System.Runtime.CompilerServices;

namespace Stripe;

/// <summary>The operations of one kind of object.</summary>
public abstract class Service
{
    private readonly IStripeClient client;

    protected Service(IStripeClient client)
    {
        this.client = client;
    }

    internal Task<T> RequestAsync<T>(
        HttpMethod method, string path, BaseOptions options, RequestOptions requestOptions, CancellationToken cancellationToken)
        where T : IStripeEntity => client.RequestAsync<T>(method, path, options, requestOptions, cancellationToken);

    internal async IAsyncEnumerable<T> ListRequestAutoPagingAsync<T>(
        string path, ListOptions options, RequestOptions requestOptions, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : IStripeEntity, IHasId
    {
        options = (ListOptions)options?.Clone() ?? new ListOptions();
        var backward = !string.IsNullOrEmpty(options.EndingBefore) && string.IsNullOrEmpty(options.StartingAfter);

        while (true)
        {
            var page = await RequestAsync<StripeList<T>>(HttpMethod.Get, path, options, requestOptions, cancellationToken)
                .ConfigureAwait(false);
            string last = null;
            foreach (var item in backward ? Enumerable.Reverse(page.Data) : page.Data)
            {
                last = item.Id;
                yield return item;
            }

            if (!page.HasMore || string.IsNullOrEmpty(last))
            {
                yield break;
            }

            if (backward)
            {
                options.EndingBefore = last;
            }
            else
            {
                options.StartingAfter = last;
            }
        }
    }
}
