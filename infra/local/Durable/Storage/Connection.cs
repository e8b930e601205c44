using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using SQLitePCL;

namespace Launchpad.Durable.Storage;

/// <summary>One connection to the database; used by one thread at a time.</summary>
internal sealed class Connection : IDisposable
{
    private const int NoCheckpointOnClose = 1006;
    private const int CacheWrite = 9;

    private readonly sqlite3 handle;
    private readonly List<Statement> statements = [];

    static Connection()
    {
        // The distribution keeps its SQLite patched; the one in the package is what Windows and macOS use.
        NativeLibrary.SetDllImportResolver(
            typeof(SQLite3Provider_e_sqlite3).Assembly,
            (name, _, _) => name == "e_sqlite3" && NativeLibrary.TryLoad("libsqlite3.so.0", out var library) ? library : 0);
        raw.SetProvider(new SQLite3Provider_e_sqlite3());
    }

    public Connection(string path, bool readOnly = false)
        : this(path, readOnly ? raw.SQLITE_OPEN_READONLY : raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE)
    {
    }

    private Connection(string path, int mode)
    {
        var flags = raw.SQLITE_OPEN_NOMUTEX | mode;
        Check(raw.sqlite3_open_v2(path, out handle, flags, null), handle);
        Check(raw.sqlite3_extended_result_codes(handle, 1), handle);
        Execute("PRAGMA busy_timeout = 10000");
    }

    /// <summary>Of a database that no process has open: nothing is locked, and nothing is written beside it.</summary>
    public static Connection OfClosed(string path) => new(
        $"file:{string.Join('/', path.Split('/').Select(Uri.EscapeDataString))}?immutable=1", raw.SQLITE_OPEN_READONLY | raw.SQLITE_OPEN_URI);

    /// <summary>A statement that lives as long as the connection.</summary>
    public Statement Prepare(string sql)
    {
        var statement = Query(sql);
        statements.Add(statement);
        return statement;
    }

    /// <summary>A statement that the caller disposes.</summary>
    public Statement Query(string sql)
    {
        Check(raw.sqlite3_prepare_v2(handle, sql, out var statement), handle);
        return new(statement, handle);
    }

    /// <summary>How many rows the last statement changed.</summary>
    public int Changes => raw.sqlite3_changes(handle);

    public bool InTransaction => raw.sqlite3_get_autocommit(handle) == 0;

    public void Execute(string sql) => Check(raw.sqlite3_exec(handle, sql), handle);

    public long Scalar(string sql)
    {
        using var statement = Query(sql);
        return statement.Step() ? statement.Int64(0) : 0;
    }

    public string? Text(string sql)
    {
        using var statement = Query(sql);
        return statement.Step() ? statement.Text(0) : null;
    }

    /// <summary>Moves what it can of the log into the database, without making anybody wait.</summary>
    public void Checkpoint()
    {
        var code = raw.sqlite3_wal_checkpoint_v2(handle, null, raw.SQLITE_CHECKPOINT_PASSIVE, out _, out _);
        if (code is not raw.SQLITE_BUSY)
        {
            Check(code, handle);
        }
    }

    /// <summary>Pages written since the last call.</summary>
    public int TakePagesWritten()
    {
        Check(raw.sqlite3_db_status(handle, CacheWrite, out var pages, out _, 1), handle);
        return pages;
    }

    /// <summary>Leaves the log as it is when this closes: after a failed flush nobody knows what of it the disk has.</summary>
    public void Abandon() => Check(raw.sqlite3_db_config(handle, NoCheckpointOnClose, 1, out _), handle);

    public void Dispose()
    {
        foreach (var statement in statements)
        {
            statement.Dispose();
        }

        handle.Dispose();
    }

    internal static void Check(int code, sqlite3? handle)
    {
        if (code is not (raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE))
        {
            var text = handle is null ? raw.sqlite3_errstr(code).utf8_to_string() : raw.sqlite3_errmsg(handle).utf8_to_string();
            throw new StoreException($"SQLite answered {code}: {text}.") { Code = code };
        }
    }
}

/// <summary>A prepared statement. Parameters and columns are counted as SQLite does: from one and from zero.</summary>
internal sealed class Statement(sqlite3_stmt handle, sqlite3 connection) : IDisposable
{
    public Statement Bind(int index, long? value)
    {
        var code = value is { } number ? raw.sqlite3_bind_int64(handle, index, number) : raw.sqlite3_bind_null(handle, index);
        Connection.Check(code, connection);
        return this;
    }

    public Statement Bind(int index, string? value)
    {
        if (value is null)
        {
            Connection.Check(raw.sqlite3_bind_null(handle, index), connection);
            return this;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(value.Length));
        var utf8 = buffer.AsSpan(0, Encoding.UTF8.GetBytes(value, buffer));
        Connection.Check(utf8.IsEmpty ? raw.sqlite3_bind_text(handle, index, "") : raw.sqlite3_bind_text(handle, index, utf8), connection);
        ArrayPool<byte>.Shared.Return(buffer);
        return this;
    }

    /// <summary>Binds bytes. An empty span has no address, which SQLite would take for null.</summary>
    public Statement Bind(int index, ReadOnlySpan<byte> bytes)
    {
        Connection.Check(
            bytes.IsEmpty ? raw.sqlite3_bind_zeroblob(handle, index, 0) : raw.sqlite3_bind_blob(handle, index, bytes), connection);
        return this;
    }

    public bool Step()
    {
        var code = raw.sqlite3_step(handle);
        if (code is not (raw.SQLITE_ROW or raw.SQLITE_DONE))
        {
            // Reset before throwing: a statement in the middle of an error would keep its transaction open.
            raw.sqlite3_reset(handle);
            Connection.Check(code, connection);
        }

        return code == raw.SQLITE_ROW;
    }

    public void Run()
    {
        Step();
        Reset();
    }

    public void Reset() => raw.sqlite3_reset(handle);

    public bool IsNull(int column) => raw.sqlite3_column_type(handle, column) == raw.SQLITE_NULL;

    public long Int64(int column) => raw.sqlite3_column_int64(handle, column);

    /// <summary>The bytes of a column, valid until the next step.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(handle, column);

    public string? Text(int column) => IsNull(column) ? null : Encoding.UTF8.GetString(Bytes(column));

    public void Dispose() => handle.Dispose();
}

/// <summary>The database could not do what it was asked.</summary>
internal sealed class StoreException(string message) : IOException(message)
{
    private const int SharedMemorySize = 4874;

    /// <summary>SQLite's extended result code.</summary>
    public int Code { get; init; }

    public bool IsDiskFull => (Code & 0xff) == raw.SQLITE_FULL || Code == SharedMemorySize;

    public bool IsDamage => (Code & 0xff) is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB;
}
