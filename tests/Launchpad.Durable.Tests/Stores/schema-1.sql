PRAGMA user_version = 1;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE instances (
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  status INTEGER NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  starts INTEGER,
  generation INTEGER NOT NULL,
  parent TEXT,
  parent_name TEXT,
  parent_task INTEGER,
  parent_generation INTEGER,
  tags TEXT,
  input,
  output,
  custom_status,
  failure TEXT
);
INSERT INTO instances VALUES(1,'12e177c0999545f68e5a08500705283a','Journey','',1,639307731980733984,639307731982609448,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,'"True bcdef"','"half way"',NULL);
INSERT INTO instances VALUES(2,'4ab5b5776ff34bdf92f824c10f605a37','Journey','',1,639307731980789713,639307731982649645,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,'"True bcdef"','"half way"',NULL);
INSERT INTO instances VALUES(11,'857d28d20743537aaf2e5b7d64acf52d','Leg','',1,639307731982314890,639307731982470974,NULL,0,'12e177c0999545f68e5a08500705283a','Journey',2,0,NULL,'"b"','"b"',NULL,NULL);
INSERT INTO instances VALUES(41,'42b90d6cf15856bc909716a960b54dd1','Leg','',1,639307731982435113,639307731982530773,NULL,0,'4ab5b5776ff34bdf92f824c10f605a37','Journey',2,0,NULL,'"b"','"b"',NULL,NULL);
INSERT INTO instances VALUES(2439,'518f97b6ea4c4f6fb9e51b1b95bc4e71','Journey','',0,639307731991642197,639307731991701726,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO instances VALUES(2440,'c6a76979e3714cadafec5c649a8a2d4e','Journey','',0,639307731991642298,639307731991702564,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO instances VALUES(2441,'80a248074b6f4dd89477a7cfeb6ad3e2','Journey','',0,639307731991642385,639307731991702733,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO instances VALUES(2442,'a0cf35716639494b89a4c98e5afe19c9','Journey','',0,639307731991697592,639307731991705732,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO instances VALUES(2483,'a58a19f600b841be91a5bcae0d1dff4b','Journey','',0,639307731991816014,639307731991825355,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO instances VALUES(2484,'20a1271b075e438ea4e5ccbd7b510172','Journey','',0,639307731991816120,639307731991825935,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO instances VALUES(2485,'e1d876c813ee46449e5ac2cbf2bc4f27','Journey','',0,639307731991816384,639307731991826040,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO instances VALUES(2486,'df8d67b7cee45384b3b78dc093bfc219','Leg','',0,639307731991818164,639307731991826283,NULL,0,'a0cf35716639494b89a4c98e5afe19c9','Journey',2,0,NULL,'"b"',NULL,NULL,NULL);
INSERT INTO instances VALUES(2487,'5914530d1a765f6a99854241f4baab95','Leg','',0,639307731991818376,639307731991826386,NULL,0,'518f97b6ea4c4f6fb9e51b1b95bc4e71','Journey',2,0,NULL,'"b"',NULL,NULL,NULL);
INSERT INTO instances VALUES(2488,'8c860097d60f563db2a0a72239a3f4cc','Leg','',0,639307731991818532,639307731991826471,NULL,0,'c6a76979e3714cadafec5c649a8a2d4e','Journey',2,0,NULL,'"b"',NULL,NULL,NULL);
INSERT INTO instances VALUES(2489,'46e8d984c4b8589f864c66bfa7fbd1e9','Leg','',0,639307731991818679,639307731991826551,NULL,0,'80a248074b6f4dd89477a7cfeb6ad3e2','Journey',2,0,NULL,'"b"',NULL,NULL,NULL);
INSERT INTO instances VALUES(2494,'7fb13059c06042fa8dad0a7eae169baf','Journey','',6,639307731991823935,639307731991823935,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE history (seq INTEGER PRIMARY KEY, instance INTEGER NOT NULL, events TEXT NOT NULL);
INSERT INTO history VALUES(1,1,'[{"Kind":"TurnStarted","At":"2026-11-20T12:06:38.0833482Z"},{"Kind":"ExecutionStarted"},{"Kind":"TaskScheduled","Id":0,"Name":"Step","Version":"","Data":"\"637ec108-1aea-5287-8068-460f7a03d2dd\""}]');
INSERT INTO history VALUES(4,1,'[{"Kind":"TurnStarted","At":"2026-11-20T12:06:38.2150881Z"},{"Kind":"EventRaised","Name":"note","Data":"\"e\""}]');
INSERT INTO history VALUES(7,1,'[{"Kind":"TurnStarted","At":"2026-11-20T12:06:38.2218145Z"},{"Kind":"TaskCompleted","Id":0,"Data":"\"637ec108-1aea-5287-8068-460f7a03d2dd\""},{"Kind":"TimerCreated","At":"2026-11-20T12:06:38.2268145Z","Id":1}]');
INSERT INTO history VALUES(13,2,'[{"Kind":"TurnStarted","At":"2026-11-20T12:06:38.0941813Z"},{"Kind":"ExecutionStarted"},{"Kind":"TaskScheduled","Id":0,"Name":"Step","Version":"","Data":"\"ee996820-c329-558f-b793-0f27935e4d5d\""}]');
INSERT INTO history VALUES(17,1,'[{"Kind":"TurnStarted","At":"2026-11-20T12:06:38.231489Z"},{"Kind":"TimerFired","At":"2026-11-20T12:06:38.2268145Z","Id":1},{"Kind":"SubOrchestrationCreated","Id":2,"Name":"Leg","Version":"","Instance":"857d28d20743537aaf2e5b7d64acf52d","Size":3}]');
INSERT INTO history VALUES(20,2,'[{"Kind":"TurnStarted","At":"2026-11-20T12:06:38.235088Z"},{"Kind":"EventRaised","Name":"note","Data":"\"e\""},{"Kind":"TaskCompleted","Id":0,"Data":"\"ee996820-c329-558f-b793-0f27935e4d5d\""},{"Kind":"TimerCreated","At":"2026-11-20T12:06:38.240088Z","Id":1}]');
INSERT INTO history VALUES(26,11,'[{"Kind":"TurnStarted","At":"2026-11-20T12:06:38.2358794Z"},{"Kind":"ExecutionStarted"},{"Kind":"TaskScheduled","Id":0,"Name":"Step","Version":"","Data":"\"b\""}]');
INSERT INTO history VALUES(54,2,'[{"Kind":"TurnStarted","At":"2026-11-20T12:06:38.2435113Z"},{"Kind":"TimerFired","At":"2026-11-20T12:06:38.240088Z","Id":1},{"Kind":"SubOrchestrationCreated","Id":2,"Name":"Leg","Version":"","Instance":"42b90d6cf15856bc909716a960b54dd1","Size":3}]');
INSERT INTO history VALUES(63,11,'[{"Kind":"TurnStarted","At":"2026-11-20T12:06:38.2470974Z"},{"Kind":"TaskCompleted","Id":0,"Data":"\"b\""},{"Kind":"ExecutionCompleted"}]');
INSERT INTO history VALUES(85,41,'[{"Kind":"TurnStarted","At":"2026-11-20T12:06:38.2480777Z"},{"Kind":"ExecutionStarted"},{"Kind":"TaskScheduled","Id":0,"Name":"Step","Version":"","Data":"\"b\""}]');
INSERT INTO history VALUES(93,1,'[{"Kind":"TurnStarted","At":"2026-11-20T12:06:38.251374Z"},{"Kind":"SubOrchestrationCompleted","Id":2,"Data":"\"b\""},{"Kind":"TaskScheduled","Id":3,"Name":"Step","Version":"","Data":"\"c\""},{"Kind":"TaskScheduled","Id":4,"Name":"Step","Version":"","Data":"\"d\""}]');
INSERT INTO history VALUES(102,41,'[{"Kind":"TurnStarted","At":"2026-11-20T12:06:38.2530773Z"},{"Kind":"TaskCompleted","Id":0,"Data":"\"b\""},{"Kind":"ExecutionCompleted"}]');
INSERT INTO history VALUES(107,1,'[{"Kind":"TurnStarted","At":"2026-11-20T12:06:38.2549049Z"},{"Kind":"TaskCompleted","Id":3,"Data":"\"c\""},{"Kind":"TaskCompleted","Id":4,"Data":"\"d\""},{"Kind":"EventSent","Id":5,"Name":"note","Instance":"12e177c0999545f68e5a08500705283a","Size":3},{"Kind":"TaskScheduled","Id":6,"Name":"Step","Version":"","Data":"\"f\""}]');
INSERT INTO history VALUES(137,2,'[{"Kind":"TurnStarted","At":"2026-11-20T12:06:38.2566893Z"},{"Kind":"SubOrchestrationCompleted","Id":2,"Data":"\"b\""},{"Kind":"TaskScheduled","Id":3,"Name":"Step","Version":"","Data":"\"c\""},{"Kind":"TaskScheduled","Id":4,"Name":"Step","Version":"","Data":"\"d\""}]');
INSERT INTO history VALUES(140,1,'[{"Kind":"TurnStarted","At":"2026-11-20T12:06:38.2581343Z"},{"Kind":"EventRaised","Name":"note","Data":"\"e\""}]');
INSERT INTO history VALUES(177,2,'[{"Kind":"TurnStarted","At":"2026-11-20T12:06:38.26023Z"},{"Kind":"TaskCompleted","Id":3,"Data":"\"c\""},{"Kind":"TaskCompleted","Id":4,"Data":"\"d\""},{"Kind":"EventSent","Id":5,"Name":"note","Instance":"4ab5b5776ff34bdf92f824c10f605a37","Size":3},{"Kind":"TaskScheduled","Id":6,"Name":"Step","Version":"","Data":"\"f\""}]');
INSERT INTO history VALUES(179,1,'[{"Kind":"TurnStarted","At":"2026-11-20T12:06:38.2609448Z"},{"Kind":"TaskCompleted","Id":6,"Data":"\"f\""},{"Kind":"ExecutionCompleted"}]');
INSERT INTO history VALUES(216,2,'[{"Kind":"TurnStarted","At":"2026-11-20T12:06:38.2629546Z"},{"Kind":"EventRaised","Name":"note","Data":"\"e\""}]');
INSERT INTO history VALUES(251,2,'[{"Kind":"TurnStarted","At":"2026-11-20T12:06:38.2649645Z"},{"Kind":"TaskCompleted","Id":6,"Data":"\"f\""},{"Kind":"ExecutionCompleted"}]');
INSERT INTO history VALUES(10974,2439,'[{"Kind":"TurnStarted","At":"2026-11-20T12:06:39.1701726Z"},{"Kind":"ExecutionStarted"},{"Kind":"EventRaised","Name":"note","Data":"\"e\""},{"Kind":"TaskScheduled","Id":0,"Name":"Step","Version":"","Data":"\"fa884ec3-7c4c-540a-ba04-d5347e6ec062\""}]');
INSERT INTO history VALUES(10975,2440,'[{"Kind":"TurnStarted","At":"2026-11-20T12:06:39.1702564Z"},{"Kind":"ExecutionStarted"},{"Kind":"EventRaised","Name":"note","Data":"\"e\""},{"Kind":"TaskScheduled","Id":0,"Name":"Step","Version":"","Data":"\"c6079147-cd2e-58fb-8557-dbd668cd1a53\""}]');
INSERT INTO history VALUES(10976,2441,'[{"Kind":"TurnStarted","At":"2026-11-20T12:06:39.1702733Z"},{"Kind":"ExecutionStarted"},{"Kind":"EventRaised","Name":"note","Data":"\"e\""},{"Kind":"TaskScheduled","Id":0,"Name":"Step","Version":"","Data":"\"a4c7bd8d-30e0-5138-b917-9f4df4203ee7\""}]');
INSERT INTO history VALUES(10994,2442,'[{"Kind":"TurnStarted","At":"2026-11-20T12:06:39.1705732Z"},{"Kind":"ExecutionStarted"},{"Kind":"TaskScheduled","Id":0,"Name":"Step","Version":"","Data":"\"3f6b0724-680e-5a46-9091-d986741e8454\""}]');
INSERT INTO history VALUES(11010,2442,'[{"Kind":"TurnStarted","At":"2026-11-20T12:06:39.1741939Z"},{"Kind":"EventRaised","Name":"note","Data":"\"e\""},{"Kind":"TaskCompleted","Id":0,"Data":"\"3f6b0724-680e-5a46-9091-d986741e8454\""},{"Kind":"TimerCreated","At":"2026-11-20T12:06:39.1791939Z","Id":1}]');
INSERT INTO history VALUES(11014,2439,'[{"Kind":"TurnStarted","At":"2026-11-20T12:06:39.1742719Z"},{"Kind":"TaskCompleted","Id":0,"Data":"\"fa884ec3-7c4c-540a-ba04-d5347e6ec062\""},{"Kind":"TimerCreated","At":"2026-11-20T12:06:39.1792719Z","Id":1}]');
INSERT INTO history VALUES(11015,2440,'[{"Kind":"TurnStarted","At":"2026-11-20T12:06:39.174281Z"},{"Kind":"TaskCompleted","Id":0,"Data":"\"c6079147-cd2e-58fb-8557-dbd668cd1a53\""},{"Kind":"TimerCreated","At":"2026-11-20T12:06:39.179281Z","Id":1}]');
INSERT INTO history VALUES(11016,2441,'[{"Kind":"TurnStarted","At":"2026-11-20T12:06:39.1742899Z"},{"Kind":"TaskCompleted","Id":0,"Data":"\"a4c7bd8d-30e0-5138-b917-9f4df4203ee7\""},{"Kind":"TimerCreated","At":"2026-11-20T12:06:39.1792899Z","Id":1}]');
INSERT INTO history VALUES(11151,2442,'[{"Kind":"TurnStarted","At":"2026-11-20T12:06:39.1818164Z"},{"Kind":"TimerFired","At":"2026-11-20T12:06:39.1791939Z","Id":1},{"Kind":"SubOrchestrationCreated","Id":2,"Name":"Leg","Version":"","Instance":"df8d67b7cee45384b3b78dc093bfc219","Size":3}]');
INSERT INTO history VALUES(11152,2439,'[{"Kind":"TurnStarted","At":"2026-11-20T12:06:39.1818376Z"},{"Kind":"TimerFired","At":"2026-11-20T12:06:39.1792719Z","Id":1},{"Kind":"SubOrchestrationCreated","Id":2,"Name":"Leg","Version":"","Instance":"5914530d1a765f6a99854241f4baab95","Size":3}]');
INSERT INTO history VALUES(11153,2440,'[{"Kind":"TurnStarted","At":"2026-11-20T12:06:39.1818532Z"},{"Kind":"TimerFired","At":"2026-11-20T12:06:39.179281Z","Id":1},{"Kind":"SubOrchestrationCreated","Id":2,"Name":"Leg","Version":"","Instance":"8c860097d60f563db2a0a72239a3f4cc","Size":3}]');
INSERT INTO history VALUES(11154,2441,'[{"Kind":"TurnStarted","At":"2026-11-20T12:06:39.1818679Z"},{"Kind":"TimerFired","At":"2026-11-20T12:06:39.1792899Z","Id":1},{"Kind":"SubOrchestrationCreated","Id":2,"Name":"Leg","Version":"","Instance":"46e8d984c4b8589f864c66bfa7fbd1e9","Size":3}]');
INSERT INTO history VALUES(11159,2483,'[{"Kind":"TurnStarted","At":"2026-11-20T12:06:39.1825355Z"},{"Kind":"ExecutionStarted"},{"Kind":"TaskScheduled","Id":0,"Name":"Step","Version":"","Data":"\"2c5670ce-30f6-5efb-8e39-2720622f85b9\""}]');
INSERT INTO history VALUES(11160,2484,'[{"Kind":"TurnStarted","At":"2026-11-20T12:06:39.1825935Z"},{"Kind":"ExecutionStarted"},{"Kind":"TaskScheduled","Id":0,"Name":"Step","Version":"","Data":"\"f3a0145f-2e67-5ac7-8d4f-0ac1e3b4ba4e\""}]');
INSERT INTO history VALUES(11161,2485,'[{"Kind":"TurnStarted","At":"2026-11-20T12:06:39.182604Z"},{"Kind":"ExecutionStarted"},{"Kind":"TaskScheduled","Id":0,"Name":"Step","Version":"","Data":"\"2ff41d1c-8db3-5e7c-bd49-af14c95ab7e3\""}]');
INSERT INTO history VALUES(11163,2486,'[{"Kind":"TurnStarted","At":"2026-11-20T12:06:39.1826283Z"},{"Kind":"ExecutionStarted"},{"Kind":"TaskScheduled","Id":0,"Name":"Step","Version":"","Data":"\"b\""}]');
INSERT INTO history VALUES(11164,2487,'[{"Kind":"TurnStarted","At":"2026-11-20T12:06:39.1826386Z"},{"Kind":"ExecutionStarted"},{"Kind":"TaskScheduled","Id":0,"Name":"Step","Version":"","Data":"\"b\""}]');
INSERT INTO history VALUES(11165,2488,'[{"Kind":"TurnStarted","At":"2026-11-20T12:06:39.1826471Z"},{"Kind":"ExecutionStarted"},{"Kind":"TaskScheduled","Id":0,"Name":"Step","Version":"","Data":"\"b\""}]');
INSERT INTO history VALUES(11166,2489,'[{"Kind":"TurnStarted","At":"2026-11-20T12:06:39.1826551Z"},{"Kind":"ExecutionStarted"},{"Kind":"TaskScheduled","Id":0,"Name":"Step","Version":"","Data":"\"b\""}]');
CREATE TABLE messages (seq INTEGER PRIMARY KEY, instance INTEGER NOT NULL, event TEXT NOT NULL);
INSERT INTO messages VALUES(3710,2483,'{"Kind":"EventRaised","Name":"note","Data":"\"e\""}');
INSERT INTO messages VALUES(3711,2484,'{"Kind":"EventRaised","Name":"note","Data":"\"e\""}');
INSERT INTO messages VALUES(3712,2485,'{"Kind":"EventRaised","Name":"note","Data":"\"e\""}');
CREATE TABLE attempts (
  instance INTEGER NOT NULL, task INTEGER NOT NULL, crashes INTEGER NOT NULL, alone INTEGER NOT NULL, running INTEGER NOT NULL,
  PRIMARY KEY (instance, task)
) WITHOUT ROWID;
CREATE TABLE owner (id INTEGER PRIMARY KEY CHECK (id = 1), clean INTEGER NOT NULL);
INSERT INTO owner VALUES(1,0);
CREATE INDEX instances_by_status ON instances (status, key);
CREATE INDEX instances_by_parent ON instances (parent) WHERE parent IS NOT NULL;
CREATE INDEX history_of ON history (instance);
COMMIT;
