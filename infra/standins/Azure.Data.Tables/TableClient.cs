using Azure.Core;
using Azure.Data.Tables.Models;
using Azure.Data.Tables.Wire;

namespace Azure.Data.Tables;

/// <summary>One table: its entities, one by one, by query, and in transactions.</summary>
public partial class TableClient
{
    private readonly TableService _service;

    public TableClient(string connectionString, string tableName)
        : this(connectionString, tableName, null)
    {
    }

    public TableClient(string connectionString, string tableName, TableClientOptions options = null)
        : this(TableService.Create(connectionString, options), tableName)
    {
    }

    public TableClient(Uri endpoint, string tableName, TableSharedKeyCredential credential)
        : this(endpoint, tableName, credential, null)
    {
    }

    public TableClient(Uri endpoint, string tableName, TableSharedKeyCredential credential, TableClientOptions options = null)
        : this(TableService.Create(endpoint, credential, options), tableName)
    {
    }

    public TableClient(Uri endpoint, string tableName, TokenCredential tokenCredential, TableClientOptions options = null)
        : this(TableService.Create(endpoint, tokenCredential, options), tableName)
    {
    }

    protected TableClient()
    {
    }

    internal TableClient(TableService service, string tableName)
    {
        ArgumentException.ThrowIfNullOrEmpty(tableName);
        _service = service;
        Name = tableName;
        Uri = new Uri(service.Endpoint.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/" + tableName);
    }

    public virtual string Name { get; }

    public virtual string AccountName => _service.AccountName;

    public virtual Uri Uri { get; }

    public virtual Response<TableItem> Create(CancellationToken cancellationToken = default) =>
        TableServiceClient.CreateAsync(_service, Name, false, cancellationToken).Completed();

    public virtual async Task<Response<TableItem>> CreateAsync(CancellationToken cancellationToken = default) =>
        await TableServiceClient.CreateAsync(_service, Name, true, cancellationToken).ConfigureAwait(false);

    public virtual Response<TableItem> CreateIfNotExists(CancellationToken cancellationToken = default) =>
        TableServiceClient.CreateIfNotExistsAsync(_service, Name, false, cancellationToken).Completed();

    public virtual async Task<Response<TableItem>> CreateIfNotExistsAsync(CancellationToken cancellationToken = default) =>
        await TableServiceClient.CreateIfNotExistsAsync(_service, Name, true, cancellationToken).ConfigureAwait(false);

    public virtual Response Delete(CancellationToken cancellationToken = default) =>
        TableServiceClient.DeleteAsync(_service, Name, false, cancellationToken).Completed();

    public virtual async Task<Response> DeleteAsync(CancellationToken cancellationToken = default) =>
        await TableServiceClient.DeleteAsync(_service, Name, true, cancellationToken).ConfigureAwait(false);

    public virtual Response AddEntity<T>(T entity, CancellationToken cancellationToken = default)
        where T : ITableEntity => AddAsync(entity, false, cancellationToken).Completed();

    public virtual async Task<Response> AddEntityAsync<T>(T entity, CancellationToken cancellationToken = default)
        where T : ITableEntity => await AddAsync(entity, true, cancellationToken).ConfigureAwait(false);

    public virtual Response UpsertEntity<T>(
        T entity, TableUpdateMode mode = TableUpdateMode.Merge, CancellationToken cancellationToken = default)
        where T : ITableEntity => WriteAsync(entity, mode, default, false, cancellationToken).Completed();

    public virtual async Task<Response> UpsertEntityAsync<T>(
        T entity, TableUpdateMode mode = TableUpdateMode.Merge, CancellationToken cancellationToken = default)
        where T : ITableEntity => await WriteAsync(entity, mode, default, true, cancellationToken).ConfigureAwait(false);

    public virtual Response UpdateEntity<T>(
        T entity, ETag ifMatch, TableUpdateMode mode = TableUpdateMode.Merge, CancellationToken cancellationToken = default)
        where T : ITableEntity => WriteAsync(entity, mode, Given(ifMatch), false, cancellationToken).Completed();

    public virtual async Task<Response> UpdateEntityAsync<T>(
        T entity, ETag ifMatch, TableUpdateMode mode = TableUpdateMode.Merge, CancellationToken cancellationToken = default)
        where T : ITableEntity => await WriteAsync(entity, mode, Given(ifMatch), true, cancellationToken).ConfigureAwait(false);

    public virtual Response DeleteEntity(
        string partitionKey, string rowKey, ETag ifMatch = default, CancellationToken cancellationToken = default) =>
        EraseAsync(partitionKey, rowKey, ifMatch, false, cancellationToken).Completed();

    public virtual Response DeleteEntity(
        ITableEntity entity, ETag ifMatch = default, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entity);
        return DeleteEntity(entity.PartitionKey, entity.RowKey, ifMatch, cancellationToken);
    }

    public virtual async Task<Response> DeleteEntityAsync(
        string partitionKey, string rowKey, ETag ifMatch = default, CancellationToken cancellationToken = default) =>
        await EraseAsync(partitionKey, rowKey, ifMatch, true, cancellationToken).ConfigureAwait(false);

    public virtual async Task<Response> DeleteEntityAsync(
        ITableEntity entity, ETag ifMatch = default, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entity);
        return await EraseAsync(entity.PartitionKey, entity.RowKey, ifMatch, true, cancellationToken).ConfigureAwait(false);
    }

    public virtual Response<IReadOnlyList<Response>> SubmitTransaction(
        IEnumerable<TableTransactionAction> transactionActions, CancellationToken cancellationToken = default) =>
        new Transaction(_service, Name).SubmitAsync(transactionActions, false, cancellationToken).Completed();

    public virtual async Task<Response<IReadOnlyList<Response>>> SubmitTransactionAsync(
        IEnumerable<TableTransactionAction> transactionActions, CancellationToken cancellationToken = default) =>
        await new Transaction(_service, Name).SubmitAsync(transactionActions, true, cancellationToken).ConfigureAwait(false);

    private async ValueTask<Response> AddAsync(ITableEntity entity, bool async, CancellationToken cancellationToken)
    {
        RequireKeys(entity);
        return await _service.SendAsync(_service.Insert(Name, entity), async, cancellationToken, 201, 204).ConfigureAwait(false);
    }

    private async ValueTask<Response> WriteAsync(
        ITableEntity entity, TableUpdateMode mode, ETag ifMatch, bool async, CancellationToken cancellationToken)
    {
        RequireKeys(entity);
        var message = _service.Update(Name, entity, mode, ifMatch);
        return await _service.SendAsync(message, async, cancellationToken, 204).ConfigureAwait(false);
    }

    /// <summary>Deleting an entity that is not there answers 404 and is no failure; a changed one still is.</summary>
    private async ValueTask<Response> EraseAsync(
        string partitionKey, string rowKey, ETag ifMatch, bool async, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(partitionKey);
        ArgumentNullException.ThrowIfNull(rowKey);
        var message = _service.Delete(Name, partitionKey, rowKey, ifMatch);
        return await _service.SendAsync(message, async, cancellationToken, 204, 404).ConfigureAwait(false);
    }

    private static void RequireKeys(ITableEntity entity)
    {
        ArgumentNullException.ThrowIfNull(entity);
        ArgumentNullException.ThrowIfNull(entity.PartitionKey);
        ArgumentNullException.ThrowIfNull(entity.RowKey);
    }

    private static ETag Given(ETag ifMatch) => ifMatch != default
        ? ifMatch
        : throw new ArgumentException("Value cannot be empty.", nameof(ifMatch));
}
