using System.Net;
using System.Text;
using AiFunctions.Gateway.Callers;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.Hashing;
using AiFunctions.Gateway.Records;
using AiFunctions.Gateway.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace AiFunctions.Gateway.Tests.Records;

public sealed class RequestRecordTests
{
    private static readonly CallerAddress Addresses = new(
        Options.Create(new CallerAddressOptions()),
        new KeyedHash(Options.Create(new HashKeyOptions { HashKey = new string('k', 32) }), Options.Create(new StorageOptions())));

    private readonly FakeTimeProvider _time = new();
    private readonly RequestRecordQueue _queue = new();
    private readonly DefaultHttpContext _context = new();

    public RequestRecordTests() => _context.Response.Body = new MemoryStream();

    [Fact]
    public async Task An_answer_is_measured()
    {
        var record = await RunAsync(async context =>
        {
            context.Response.StatusCode = 201;
            context.Response.ContentType = "text/event-stream";
            _time.Advance(TimeSpan.FromMilliseconds(30));
            await context.Response.Body.WriteAsync("data: 1\n\n"u8.ToArray());
            _time.Advance(TimeSpan.FromMilliseconds(70));
            await context.Response.BodyWriter.WriteAsync("data: 2\n\n"u8.ToArray());
        });

        Assert.Equal(201, record.Status);
        Assert.Equal(18, record.ResponseBytes);
        Assert.Equal(100, record.DurationMilliseconds);
        Assert.Equal(30, record.TimeToFirstTokenMilliseconds);
        Assert.True(record.IsStreamed);
        Assert.Null(record.ErrorCode);
        Assert.Equal("completed", record.EndedByName);
        Assert.Equal("data: 1\n\ndata: 2\n\n", Encoding.UTF8.GetString(((MemoryStream)_context.Response.Body).ToArray()));
    }

    [Fact]
    public async Task The_servers_own_response_body_is_back_in_place_afterwards()
    {
        var own = _context.Features.Get<IHttpResponseBodyFeature>();

        await RunAsync(_ => Task.CompletedTask);

        Assert.Same(own, _context.Features.Get<IHttpResponseBodyFeature>());
    }

    [Fact]
    public async Task An_error_is_recorded_by_its_code()
    {
        var record = await RunAsync(context => context.WriteErrorAsync(GatewayErrors.InvalidJson));

        Assert.Equal((400, "invalid_json", "completed"), (record.Status, record.ErrorCode, record.EndedByName));
        Assert.True(record.ResponseBytes > 0);
    }

    [Fact]
    public async Task So_is_an_exception_that_the_boundary_answers()
    {
        var record = await RunAsync(_ => throw new InvalidOperationException("text that must not be kept"));

        Assert.Equal((500, "internal_error", "completed"), (record.Status, record.ErrorCode, record.EndedByName));
    }

    [Fact]
    public async Task A_caller_that_leaves_is_recorded()
    {
        using var gone = new CancellationTokenSource();
        _context.RequestAborted = gone.Token;

        var record = await RunAsync(async context =>
        {
            await gone.CancelAsync();
            context.RequestAborted.ThrowIfCancellationRequested();
        });

        Assert.Equal((499, null, "client_disconnect"), (record.Status, record.ErrorCode, record.EndedByName));
    }

    [Fact]
    public async Task An_exception_that_gets_past_the_boundary_is_recorded_and_goes_on()
    {
        var middleware = new RequestRecordMiddleware(_ => throw new InvalidOperationException(), Recorder(), _time);

        await Assert.ThrowsAsync<InvalidOperationException>(() => middleware.InvokeAsync(_context));

        Assert.True(_queue.Reader.TryRead(out var queued));
        Assert.Equal((500, "failed"), (queued.Record.Status, queued.Record.EndedByName));
    }

    [Fact]
    public void What_finds_no_room_is_dropped_and_counted()
    {
        var queue = new RequestRecordQueue(capacity: 2);

        Assert.True(queue.TryAdd(new QueuedRecord(SampleRecord.Of(), null)));
        Assert.True(queue.TryAdd(new QueuedRecord(SampleRecord.Of(), null)));
        Assert.False(queue.TryAdd(new QueuedRecord(SampleRecord.Of(), null)));

        Assert.Equal(1, queue.Dropped);
        Assert.Equal(2, queue.Reader.Count);
    }

    [Fact]
    public async Task Every_record_comes_to_every_sink_even_when_one_fails_and_when_the_process_stops()
    {
        var (first, last) = (new Sink(), new Sink());
        using var pump = new RequestRecordPump(_queue, Addresses, [first, new FailingSink(), last], NullLogger<RequestRecordPump>.Instance);
        await pump.StartAsync(TestContext.Current.CancellationToken);
        for (var i = 0; i < 1000; i++)
        {
            Assert.True(_queue.TryAdd(new QueuedRecord(SampleRecord.Of(), IPAddress.Loopback)));
        }

        await pump.StopAsync(TestContext.Current.CancellationToken);

        Assert.Equal((1000, 1000), (first.Count, last.Count));
        Assert.Equal(Addresses.HashOf(IPAddress.Loopback), last.Last!.CallerHash);
    }

    private RequestRecorder Recorder() => new(_queue, Addresses, _time);

    private async Task<RequestRecord> RunAsync(RequestDelegate operation)
    {
        var boundary = new ErrorBoundaryMiddleware(operation, NullLogger<ErrorBoundaryMiddleware>.Instance);
        await new RequestRecordMiddleware(boundary.InvokeAsync, Recorder(), _time).InvokeAsync(_context);
        Assert.True(_queue.Reader.TryRead(out var queued));
        Assert.False(_queue.Reader.TryRead(out _));
        return queued.Record;
    }

    private sealed class Sink : IRequestRecordSink
    {
        public int Count { get; private set; }

        public RequestRecord? Last { get; private set; }

        public void Add(RequestRecord record)
        {
            Count++;
            Last = record;
        }
    }

    private sealed class FailingSink : IRequestRecordSink
    {
        public void Add(RequestRecord record) => throw new InvalidOperationException();
    }
}
