using Azure.Core;
using Azure.Core.Pipeline;

namespace Azure.Data.Tables.Wire;

/// <summary>The pipeline to one account, and the requests that go through it.</summary>
internal sealed class TableService(HttpPipeline pipeline, Uri endpoint, string version, string accountName)
{
    private const string MinimalMetadata = "application/json;odata=minimalmetadata";

    private static readonly RequestMethod s_merge = RequestMethod.Patch;

    public Uri Endpoint => endpoint;

    public string AccountName => accountName ?? AccountOf(endpoint);

    public static TableService Create(Uri endpoint, HttpPipelinePolicy authentication, TableClientOptions options, string accountName)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        options ??= new TableClientOptions();
        HttpPipelineOptions pipeline = new(options) { RequestFailedDetailsParser = new FailureParser() };
        if (authentication is not null)
        {
            pipeline.PerRetryPolicies.Add(authentication);
        }

        return new(HttpPipelineBuilder.Build(pipeline), endpoint, options.VersionString, accountName);
    }

    public static TableService Create(string connectionString, TableClientOptions options)
    {
        var (endpoint, credential) = ConnectionString.Parse(connectionString);
        return Create(endpoint, new SharedKeyPolicy(credential), options, credential.AccountName);
    }

    public static TableService Create(Uri endpoint, TableSharedKeyCredential credential, TableClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(credential);
        return Create(endpoint, new SharedKeyPolicy(credential), options, credential.AccountName);
    }

    public static TableService Create(Uri endpoint, TokenCredential credential, TableClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(credential);
        return Create(endpoint, new BearerTokenAuthenticationPolicy(credential, "https://storage.azure.com/.default"), options, null);
    }

    public HttpMessage Request(RequestMethod method, string path)
    {
        var message = pipeline.CreateMessage();
        message.Request.Method = method;
        message.Request.Uri.Reset(new Uri(endpoint.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/" + path));
        message.Request.Headers.SetValue("x-ms-version", version);
        message.Request.Headers.SetValue("DataServiceVersion", "3.0");
        message.Request.Headers.SetValue("Accept", MinimalMetadata);
        return message;
    }

    public HttpMessage Insert(string table, ITableEntity entity)
    {
        var message = Request(RequestMethod.Post, table);
        message.Request.Headers.SetValue("Prefer", "return-no-content");
        return WithBody(message, entity);
    }

    public HttpMessage Update(string table, ITableEntity entity, TableUpdateMode mode, ETag ifMatch)
    {
        var method = mode switch
        {
            TableUpdateMode.Merge => s_merge,
            TableUpdateMode.Replace => RequestMethod.Put,
            _ => throw new ArgumentException($"Unexpected value for {nameof(mode)}: {mode}"),
        };

        // Without If-Match the service inserts what it does not find: that is what makes it an upsert.
        var message = Request(method, EntityPath(table, entity.PartitionKey, entity.RowKey));
        return WithBody(IfMatch(message, ifMatch), entity);
    }

    public HttpMessage Delete(string table, string partitionKey, string rowKey, ETag ifMatch) =>
        IfMatch(Request(RequestMethod.Delete, EntityPath(table, partitionKey, rowKey)), ifMatch == default ? ETag.All : ifMatch);

    public async ValueTask<Response> SendAsync(HttpMessage message, bool async, CancellationToken cancellationToken, params int[] accepted)
    {
        using (message)
        {
            if (async)
            {
                await pipeline.SendAsync(message, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                pipeline.Send(message, cancellationToken);
            }

            return accepted.Contains(message.Response.Status) ? message.Response : throw new RequestFailedException(message.Response);
        }
    }

    public static string EntityPath(string table, string partitionKey, string rowKey) =>
        $"{table}(PartitionKey='{Literal(partitionKey)}',RowKey='{Literal(rowKey)}')";

    /// <summary>A key inside a path: quotes are doubled for OData, then the whole is escaped for the URL.</summary>
    private static string Literal(string key) => Uri.EscapeDataString(ODataFilter.Escape(key));

    private static HttpMessage IfMatch(HttpMessage message, ETag etag)
    {
        if (etag != default)
        {
            message.Request.Headers.SetValue("If-Match", etag.ToString());
        }

        return message;
    }

    private static HttpMessage WithBody(HttpMessage message, ITableEntity entity)
    {
        message.Request.Headers.SetValue("Content-Type", "application/json;odata=nometadata");
        message.Request.Content = RequestContent.Create(EntityWriter.Write(entity));
        return message;
    }

    /// <summary>`https://account.table.…` names the account in the host; an emulator's address names it in the path.</summary>
    private static string AccountOf(Uri endpoint) =>
        endpoint.HostNameType is UriHostNameType.Dns && endpoint.Host.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot
            ? endpoint.Host[..dot]
            : endpoint.AbsolutePath.Trim('/');
}
