using System.Text.Json;
using Azure.Core;
using Azure.Data.Tables.Models;
using Azure.Data.Tables.Wire;

namespace Azure.Data.Tables;

/// <summary>The tables of one storage account.</summary>
public class TableServiceClient
{
    internal const string TablesPath = "Tables";

    private readonly TableService _service;

    public TableServiceClient(string connectionString)
        : this(connectionString, null)
    {
    }

    public TableServiceClient(string connectionString, TableClientOptions options = null) =>
        _service = TableService.Create(connectionString, options);

    public TableServiceClient(Uri endpoint, TableSharedKeyCredential credential)
        : this(endpoint, credential, null)
    {
    }

    public TableServiceClient(Uri endpoint, TableSharedKeyCredential credential, TableClientOptions options) =>
        _service = TableService.Create(endpoint, credential, options);

    public TableServiceClient(Uri endpoint, TokenCredential tokenCredential, TableClientOptions options = null) =>
        _service = TableService.Create(endpoint, tokenCredential, options);

    protected TableServiceClient()
    {
    }

    public virtual string AccountName => _service.AccountName;

    public virtual Uri Uri => _service.Endpoint;

    public static string CreateQueryFilter(FormattableString filter) => ODataFilter.Create(filter);

    public virtual TableClient GetTableClient(string tableName)
    {
        ArgumentException.ThrowIfNullOrEmpty(tableName);
        return new TableClient(_service, tableName);
    }

    public virtual Response<TableItem> CreateTable(string tableName, CancellationToken cancellationToken = default) =>
        CreateAsync(_service, tableName, false, cancellationToken).Completed();

    public virtual async Task<Response<TableItem>> CreateTableAsync(string tableName, CancellationToken cancellationToken = default) =>
        await CreateAsync(_service, tableName, true, cancellationToken).ConfigureAwait(false);

    public virtual Response<TableItem> CreateTableIfNotExists(string tableName, CancellationToken cancellationToken = default) =>
        CreateIfNotExistsAsync(_service, tableName, false, cancellationToken).Completed();

    public virtual async Task<Response<TableItem>> CreateTableIfNotExistsAsync(
        string tableName, CancellationToken cancellationToken = default) =>
        await CreateIfNotExistsAsync(_service, tableName, true, cancellationToken).ConfigureAwait(false);

    public virtual Response DeleteTable(string tableName, CancellationToken cancellationToken = default) =>
        DeleteAsync(_service, tableName, false, cancellationToken).Completed();

    public virtual async Task<Response> DeleteTableAsync(string tableName, CancellationToken cancellationToken = default) =>
        await DeleteAsync(_service, tableName, true, cancellationToken).ConfigureAwait(false);

    public virtual Pageable<TableItem> Query(
        string filter = null, int? maxPerPage = null, CancellationToken cancellationToken = default) =>
        Tables(filter, maxPerPage, cancellationToken).Sync();

    public virtual Pageable<TableItem> Query(
        FormattableString filter, int? maxPerPage = null, CancellationToken cancellationToken = default) =>
        Tables(ODataFilter.Create(filter), maxPerPage, cancellationToken).Sync();

    public virtual AsyncPageable<TableItem> QueryAsync(
        string filter = null, int? maxPerPage = null, CancellationToken cancellationToken = default) =>
        Tables(filter, maxPerPage, cancellationToken).Async();

    public virtual AsyncPageable<TableItem> QueryAsync(
        FormattableString filter, int? maxPerPage = null, CancellationToken cancellationToken = default) =>
        Tables(ODataFilter.Create(filter), maxPerPage, cancellationToken).Async();

    internal static async ValueTask<Response<TableItem>> CreateAsync(
        TableService service, string table, bool async, CancellationToken cancellationToken)
    {
        var response = await service.SendAsync(Creation(service, table), async, cancellationToken, 201, 204).ConfigureAwait(false);
        return Response.FromValue(new TableItem(table), response);
    }

    internal static async ValueTask<Response<TableItem>> CreateIfNotExistsAsync(
        TableService service, string table, bool async, CancellationToken cancellationToken)
    {
        var response = await service.SendAsync(Creation(service, table), async, cancellationToken, 201, 204, 409).ConfigureAwait(false);
        if (response.Status is 409)
        {
            RequestFailedException conflict = new(response, null, new FailureParser());
            if (conflict.ErrorCode != TableErrorCode.TableAlreadyExists.ToString())
            {
                throw conflict;
            }
        }

        return Response.FromValue(new TableItem(table), response);
    }

    /// <summary>Deleting a table that is not there answers 404 and is no failure.</summary>
    internal static ValueTask<Response> DeleteAsync(TableService service, string table, bool async, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(table);
        var message = service.Request(RequestMethod.Delete, $"{TablesPath}('{Uri.EscapeDataString(table)}')");
        return service.SendAsync(message, async, cancellationToken, 204, 404);
    }

    private static HttpMessage Creation(TableService service, string table)
    {
        ArgumentException.ThrowIfNullOrEmpty(table);
        var message = service.Request(RequestMethod.Post, TablesPath);
        message.Request.Headers.SetValue("Prefer", "return-no-content");
        message.Request.Headers.SetValue("Content-Type", "application/json;odata=nometadata");
        message.Request.Content = RequestContent.Create(JsonSerializer.SerializeToUtf8Bytes(new { TableName = table }));
        return message;
    }

    private Pages<TableItem> Tables(string filter, int? maxPerPage, CancellationToken cancellationToken) => new(
        _service, TablesPath, filter, maxPerPage, null, json => new(json.GetProperty("TableName").GetString()), cancellationToken);
}
