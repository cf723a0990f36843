//! The program as its user has it: the real binary in an empty folder, spoken to over its command line, its signals
//! and its ports.

mod audit;
mod background;
mod bad_input;
mod behind_a_pooler;
mod command_line;
mod containers;
mod damage;
mod deadline;
mod demo_data;
mod documented;
mod first_minute;
mod full_disk;
mod harness;
mod health;
mod im_check;
mod kill_while_accepting;
mod kill_while_publishing;
mod limits;
mod log;
mod metrics;
mod on_postgres;
mod plain_ids;
mod sandbox_alone;
mod service_manager;
mod settings;
mod stop;
mod stop_under_load;
mod traces;
mod transfer;
mod wrong_addresses;
mod wrong_databases;
mod wrong_settings;
mod wrong_stores;
