using System.Net;
using AiFunctions.Gateway.Callers;
using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Hashing;
using AiFunctions.Gateway.InputGuard;
using AiFunctions.Gateway.InputGuard.Scoring;
using AiFunctions.Gateway.OutputFilter;
using AiFunctions.Gateway.Records;
using AiFunctions.Gateway.Storage;
using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace AiFunctions.Benchmarks;

/// <summary>What the record costs on a request's path: the middleware with all that it notes, and the queue.</summary>
[MemoryDiagnoser]
public class RequestRecordBenchmarks
{
    private static readonly byte[] Answer = new byte[500];

    private readonly RequestRecordQueue _queue = new(capacity: 1);
    private readonly DefaultHttpContext _context = new();
    private readonly RequestRecordMiddleware _middleware;
    private readonly RequestDelegate _without = AnswerAsync;

    /// <summary>A request with everything that a record can have of it.</summary>
    public RequestRecordBenchmarks()
    {
        var hash = new KeyedHash(Options.Create(new HashKeyOptions { HashKey = new string('k', 32) }), Options.Create(new StorageOptions()));
        var recorder = new RequestRecorder(_queue, new CallerAddress(Options.Create(new CallerAddressOptions()), hash), TimeProvider.System);
        _middleware = new RequestRecordMiddleware(AnswerAsync, recorder, TimeProvider.System);
        _context.Connection.RemoteIpAddress = IPAddress.Parse("192.0.2.7");
        _context.Response.Body = Stream.Null;
        var client = new Client { Id = "c", Name = "c", Tier = "free", CreatedAt = default, UpdatedAt = default };
        _context.Features.Set(new ClientIdentity(client, new ClientKey { KeyId = "k", ClientId = "c", Hash = [], CreatedAt = default }));
        _context.Features.Set(new GuardVerdict(0.1f, GuardOutcome.Allowed, InjectionReasons.None));
        _context.Features.Set(new FilterCounts());
    }

    /// <summary>The operation alone.</summary>
    [Benchmark(Baseline = true)]
    public Task WithoutRecord() => _without(_context);

    /// <summary>The operation with its record, which is taken out of the queue again.</summary>
    [Benchmark]
    public async Task<bool> WithRecord()
    {
        await _middleware.InvokeAsync(_context);
        return _queue.Reader.TryRead(out _);
    }

    /// <summary>The same when the queue is full and the record is dropped.</summary>
    [Benchmark]
    public Task WithFullQueue() => _middleware.InvokeAsync(_context);

    private static async Task AnswerAsync(HttpContext context) => await context.Response.BodyWriter.WriteAsync(Answer);
}
